"""A site made in seconds for benchmarks of rules: a small release, a ranker of the usual size, and a busy event log."""

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, EventLog, Kind
from script_shared.releases import Releases
from tests.app.releases_made import NOW_MS, SECTIONS, make_release
from tests.benchmarks.site import stand_in

ARTICLES, READERS, CLICKS = 1_200, 2_000, 12_000
SEED = 5


def release_folder(work: Path) -> Path:
    """A release folder with a ranker; made where it is missing.

    Args:
        work: folder for it.
    """
    folder = work / "made"
    if not folder.exists():
        make_release(folder)
        stand_in().save(folder / "ranker")
    return folder


def entries() -> list[Entry]:
    """Posts of the last two days, then clicks of the last six hours, by their numbers."""
    found = [*_posts(), *_clicks()]
    return [
        Entry(e.entry_id, e.kind, e.time_ms, e.user_id, e.article_id, e.body, seq) for seq, e in enumerate(found, 1)
    ]


def _posts() -> Iterator[Entry]:
    draw = random.Random(SEED)
    for number in range(ARTICLES):
        issued_ms = NOW_MS - draw.randrange(48 * HOUR_MS)
        body = {
            "title": f"Article {number}",
            "section": SECTIONS[number % len(SECTIONS)],
            "issued_ms": issued_ms,
            "url": f"https://agency{number % 7}.example/{number}",
            "tags": [f"topic {number % 40}"],
        }
        yield Entry(f"post-{number}", Kind.ARTICLE, NOW_MS - 6 * HOUR_MS, "", f"p{number}", body)


def _clicks() -> Iterator[Entry]:
    draw = random.Random(SEED + 1)
    weights = [1 / (place + 8) for place in range(ARTICLES)]
    pages = draw.choices(range(ARTICLES), weights, k=CLICKS)
    for turn, page in enumerate(pages):
        time_ms = NOW_MS - 6 * HOUR_MS + turn * 6 * HOUR_MS // CLICKS
        body = {"session": f"s{draw.randrange(READERS)}", "region": str(turn % 27), "device": "mobile"}
        yield Entry(f"click-{turn}", Kind.CLICK, time_ms, f"reader{draw.randrange(READERS)}", f"p{page}", body)


def readers(count: int) -> Sequence[str]:
    """Some of the readers.

    Args:
        count: how many.
    """
    return [f"reader{number}" for number in random.Random(SEED + 2).sample(range(READERS), count)]


def environment(work: Path) -> dict[str, str]:
    """Settings of an API of this site, whose release is in service and whose log has the entries.

    Args:
        work: folder for everything.
    """
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    settings = {f"PAUTA_{name}": str((work / folder).absolute()) for name, folder in places.items()}
    settings |= {"PAUTA_EVENTS_URI": f"sqlite:///{(work / 'events.db').absolute()}", "PAUTA_LOG_LEVEL": "warning"}
    releases = Releases(f"{settings['PAUTA_MODELS_URI']}/news")
    releases.publish(release_folder(work), "v1", {"made_for": "benchmark"})
    releases.promote("v1", "benchmark")
    log = EventLog(settings["PAUTA_EVENTS_URI"])
    found = entries()
    for start in range(0, len(found), 5_000):
        log.append(found[start : start + 5_000])
    log.close()
    return {**os.environ, **settings, "OPENBLAS_NUM_THREADS": "1"}


def plan(requests: int) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Requests of lists and a few clicks, as ``tests.benchmarks.schedule`` sends them.

    Args:
        requests: how many.
    """
    draw, planned = random.Random(SEED + 3), list[tuple[str, str, dict[str, Any] | None]]()
    for turn in range(requests):
        user = f"reader{draw.randrange(READERS)}"
        if draw.random() < 0.02:
            page = f"p{draw.randrange(200)}"
            planned.append(("POST", "/events", {"event_id": f"e{turn}", "user_id": user, "page": page}))
        else:
            section = f"&section={SECTIONS[turn % 3]}" if turn % 4 == 0 else ""
            planned.append(("GET", f"/recommendations?num_recs=10&user_id={user}{section}", None))
    return planned
