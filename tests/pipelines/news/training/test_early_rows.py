"""A ranker whose first rows another process made is the ranker of one process."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.training import early_rows
from pipelines.news.training.ranker_replay import ReplayPlan
from pipelines.news.training.ranker_step import rank
from pipelines.use_case import Context
from tests.pipelines.news.training.ranked_run import ranked
from tests.pipelines.two_cores import two_cores


def _digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "_manifest.json"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_two_processes_make_the_ranker_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = two_cores(monkeypatch)
    context: Context = ranked(tmp_path)
    one, facts = _digests(context.run.read("ranked")), context.run.facts("ranked")
    assert facts["ranker"] is True
    assert not started
    monkeypatch.setattr(early_rows, "FEW_REQUESTS", 0)
    rank(context)
    assert started == ["prepare", "replay_early"]
    again = context.run.facts("ranked")
    for name in ("requests", "rows", "shown", "trees"):
        assert again[name] == facts[name], name
    assert _digests(context.run.read("ranked")) == one


def test_a_plan_has_its_early_clicks_before_all_others_to_learn_from() -> None:
    places = np.arange(100)
    shown = places % 7 == 0
    early = ~shown & (places < 60)
    plan = ReplayPlan(places, shown, early)
    first, others = plan.part(early=True), plan.part(early=False)
    assert not first.shown.any()
    assert first.places.max() < others.places[~others.shown].min()
    assert sorted([*first.places.tolist(), *others.places.tolist()]) == places.tolist()
