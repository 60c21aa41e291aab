"""Events leave the log by age, on the clock of the release in service, and never before it has folded them."""

import json
from pathlib import Path

import pytest

from pipelines.news.upkeep.retention import prune_events
from pipelines.use_case import Context
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.served_list import ServedList
from tests.app.releases_made import NOW_MS, make_release
from tests.pipelines.news.challenge_files import context_of

DAY_MS = 86_400_000
OLD, NEW = NOW_MS - 31 * DAY_MS, NOW_MS - 29 * DAY_MS


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A log with old and new clicks, an old article, and an old click at its end."""
    context = context_of(tmp_path)
    context.settings.data_dir.mkdir()
    log = EventLog(context.settings.events_address)
    times = [OLD, NEW, OLD]
    log.append([Entry(f"c{place}", Kind.CLICK, time_ms, "ana", "a1") for place, time_ms in enumerate(times)])
    log.append([Entry("post", Kind.ARTICLE, OLD, "", "a1"), Entry("served", Kind.SERVED, OLD, "ana")])
    log.append([Entry("last", Kind.CLICK, OLD, "ana", "a1")])
    times = [NOW_MS - 15 * DAY_MS, NOW_MS - 13 * DAY_MS]
    lists = [ServedList(bytes(12), time_ms, "ana", "", "logged", "ranker", "v1", ["a1"]) for time_ms in times]
    log.served.write(lists, seen=0)
    log.close()
    return context


def left(context: Context) -> list[str]:
    return [entry.entry_id for entry in EventLog(context.settings.events_address).tail(0)]


def serve(context: Context, folder: Path, *, position: int | None, clock_mode: str = "data") -> None:
    made = make_release(folder, clock_mode=clock_mode)
    if position is not None:
        (made / "live").mkdir()
        (made / "live" / "position.json").write_text(json.dumps({"seq": position}))
    releases = context.releases
    releases.publish(made, "v1")
    releases.promote("v1", "test")


def test_what_is_old_and_folded_goes(context: Context, tmp_path: Path) -> None:
    serve(context, tmp_path / "made", position=5)
    assert prune_events(context) == {"events_pruned": 2, "served_pruned": 2, "posts_pruned": 0}
    assert left(context) == ["c1", "post", "last"]  # the last one is in no snapshot yet


def test_on_the_wall_clock_all_of_these_are_old(context: Context, tmp_path: Path) -> None:
    serve(context, tmp_path / "made", position=6, clock_mode="wall")
    assert prune_events(context) == {"events_pruned": 4, "served_pruned": 3, "posts_pruned": 0}
    assert left(context) == ["post"]


@pytest.mark.parametrize("position", [None, 0])
def test_a_release_that_folded_nothing_keeps_all(context: Context, tmp_path: Path, position: int | None) -> None:
    serve(context, tmp_path / "made", position=position)
    facts = prune_events(context)
    kept = "no release in service has them in its snapshot"
    assert facts == {"events_pruned": 0, "served_pruned": 2, "posts_pruned": 0, "events_kept": kept}
    assert len(left(context)) == 5  # what was served is in no snapshot


def test_before_the_first_release_all_is_kept(context: Context) -> None:
    assert prune_events(context)["events_pruned"] == 0
    assert len(left(context)) == 6


def test_replaced_posts_are_deleted_by_their_own_age(context: Context, tmp_path: Path) -> None:
    log = EventLog(context.settings.events_address)
    for place, (time_ms, title) in enumerate([(OLD, "wrong"), (NEW, "better"), (NOW_MS, "right")]):
        log.append([Entry(f"p{place}", Kind.ARTICLE, time_ms, "", "a2", {"title": title})])
    serve(context, tmp_path / "made", position=log.head())
    assert prune_events(context)["posts_pruned"] == 1
    assert [name for name in left(context) if name.startswith("p")] == ["post", "p1", "p2"]
    assert log.articles.rows_of(["a2"], log.head())[0].facts == {"title": "right"}
    log.close()
