"""An event log with experiments whose outcome is planted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.events import Entry, EventLog, Kind
from script_shared.events.served_list import ServedList, answer_key
from script_shared.experiments.experiment import experiment_of
from script_shared.experiments.mark import Mark
from script_shared.experiments.stored import StoredExperiment
from script_shared.settings import Settings

NOW = 1_700_000_000_000
PAGES = ("p1", "p2", "p3")
MarkOf = Callable[[str], Mark | None]
Clicks = Callable[[str, Mark, np.random.Generator], str]


def settings_of(folder: Path) -> Settings:
    """Settings with everything below a folder."""
    return Settings(data_dir=folder, models_uri=str(folder / "models"), evaluation_dir=folder / "evaluation")


def split(log: EventLog, name: str = "ranker", **more: Any) -> StoredExperiment:
    """Start an experiment of two halves, ``on`` and ``off``."""
    variants = [{"name": "on", "share": 0.5}, {"name": "off", "share": 0.5, "ranker": False}]
    return log.experiments.start(experiment_of({"name": name, "variants": variants, **more}), "ana").after


def write(log: EventLog, users: int, mark_of: MarkOf, clicks: Clicks, answers: int = 4) -> None:
    """Serve lists of three articles to users, with marks, and clicks on them.

    Args:
        log: gets lists and clicks.
        users: how many.
        mark_of: the mark of a user's lists; None for a user outside the experiment.
        clicks: the article that a user clicks after a list, "" for none.
        answers: lists of each user.
    """
    draw = np.random.default_rng(3)
    lists, entries = [], []
    for number in range(users):
        user = f"u{number}"
        if (mark := mark_of(user)) is None:
            continue
        for turn in range(answers):
            name, at = f"{user}-{turn}", NOW + 1_000_000 * turn + number
            segment = "logged" if number % 2 else "anonymous"
            key = answer_key(name)
            lists.append(ServedList(key, at, user, "", segment, "ranker", "v1", list(PAGES), marks=(mark,)))
            if page := clicks(user, mark, draw):
                body = {"answer_id": name}
                entries.append(Entry(f"c{name}", Kind.CLICK, at + 5_000, user, page, body))
    log.served.write(lists, seen=0)
    log.append(entries)
