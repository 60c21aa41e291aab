"""The step download exports the event log beside the raw files, and does it again only when the log moved on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.news.event_parts import ROWS, scan_part
from pipelines.news.sources import download
from pipelines.use_case import Context
from script_shared.errors import TransientError, UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.entry import user_digest
from script_shared.settings import Settings
from tests.pipelines.sample_world.worlds import context, news_params
from tests.servers import postgresql

PART = "files/treino/treino_parte1.csv"
CLICKS = "events/event_clicks/part00001.parquet"


def click(number: int, user: str = "ana", **body: Any) -> Entry:
    return Entry(f"c{number}", Kind.CLICK, 1_660_000_000_000 + number, user, "a1", body)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    log = EventLog(f"sqlite:///{tmp_path}/events.db")
    yield log
    log.close()


def run(root: Path, run_id: str, **changes: Any) -> Context:
    return context(root, run_id, "sample", **changes)


def inode(made: Context, name: str) -> int:
    return (made.run.read("raw") / name).stat().st_ino


def test_clicks_posts_and_digests_are_exported_and_nothing_else(tmp_path: Path, log: EventLog) -> None:
    log.append([click(1, session="s", region="sp"), click(2, "rui"), Entry("i", Kind.IMPRESSION, 5, "ana", "a1")])
    log.append(
        [Entry("p", Kind.ARTICLE, 9, "", "a2", {"title": "Um", "issued_ms": 7}), Entry("s", Kind.SERVED, 5, "x")]
    )
    log.erase("rui")
    made = run(tmp_path, "one")
    facts, raw = download(made), made.run.read("raw")
    counts = {"events_seq": 6, "events_clicks": 1, "events_posts": 1, "erased_readers": 1}
    assert {name: facts[name] for name in counts} == counts
    assert facts["events"] == "taken from the event log"
    assert scan_part(raw, "event_clicks").collect().rows() == [
        (1, 1_660_000_000_001, "ana", "a1", "s", "sp", "", 1.0, False),
    ]
    [post] = scan_part(raw, "event_posts").collect().to_dicts()
    assert (post["article_id"], post["said"], post["title"], post["issued_ms"]) == (
        "a2",
        ["title", "issued_ms"],
        "Um",
        7,
    )
    assert scan_part(raw, "erased").collect().rows() == [(user_digest("rui"),)]
    assert not [name for name in facts["files"] if name.startswith("events/")]


def test_while_nothing_changed_files_and_events_are_linked(tmp_path: Path, log: EventLog) -> None:
    log.append([click(1)])
    one, two, three = (run(tmp_path, name) for name in ("one", "two", "three"))
    download(one)
    facts = download(two)
    assert (facts["reused_from"], facts["events"]) == ("one", "unchanged since run one")
    assert (facts["events_seq"], facts["events_clicks"]) == (1, 1)
    assert inode(one, PART) == inode(two, PART)
    assert inode(one, CLICKS) == inode(two, CLICKS)
    log.append([click(2)])
    facts = download(three)
    assert (facts["reused_from"], facts["events"], facts["events_clicks"]) == ("two", "taken from the event log", 2)
    assert inode(one, PART) == inode(three, PART)
    assert inode(one, CLICKS) != inode(three, CLICKS)


@pytest.mark.parametrize("change", ["erase", "prune", "params"])
def test_what_leaves_the_log_makes_a_new_export(tmp_path: Path, log: EventLog, change: str) -> None:
    log.append([click(1), click(2, "rui"), click(3)])
    download(run(tmp_path, "one"))
    if change == "erase":
        log.erase("rui")
    elif change == "prune":
        assert log.prune(1_660_000_000_002, until=3) == 1
    params = news_params()
    params = params.model_copy(update={"events": params.events.model_copy(update={"use": change != "params"})})
    facts = download(run(tmp_path, "two", params=params))
    assert facts["reused_from"] == "one"
    assert facts["events_clicks"] == {"erase": 2, "prune": 2, "params": 0}[change]


def test_events_left_out_by_the_params_leave_erased_readers_out_all_the_same(tmp_path: Path, log: EventLog) -> None:
    log.append([click(1)])
    log.erase("rui")
    params = news_params()
    params = params.model_copy(update={"events": params.events.model_copy(update={"use": False})})
    facts = download(run(tmp_path, "one", params=params))
    assert (facts["events_seq"], facts["events_clicks"], facts["erased_readers"]) == (0, 0, 1)


def test_many_events_are_written_in_files_of_bounded_size(
    tmp_path: Path, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ROWS, "event_clicks", 10)
    monkeypatch.setattr("pipelines.news.sources.event_log.PAGE", 7)
    log.append([click(number) for number in range(25)])
    made = run(tmp_path, "one")
    download(made)
    files = sorted((made.run.read("raw") / "events" / "event_clicks").iterdir())
    assert [pl.read_parquet(file).height for file in files] == [10, 10, 5]
    assert scan_part(made.run.read("raw"), "event_clicks").collect()["seq"].to_list() == list(range(1, 26))


def without_log(made: Context) -> Context:
    away = Settings(data_dir=made.settings.data_dir, events_uri="postgresql+psycopg2://nobody@127.0.0.1:9/none")
    return Context(away, made.params, made.run, made.options)


def test_a_log_that_cannot_be_reached_does_not_stop_the_run(tmp_path: Path) -> None:
    facts = download(without_log(run(tmp_path, "one")))
    assert facts["events"].startswith("left out, because the event log cannot be used")
    assert facts["events_seq"] == 0


def test_a_log_that_cannot_be_reached_brings_nobody_back(tmp_path: Path, log: EventLog) -> None:
    log.append([click(1)])
    log.erase("rui")
    download(run(tmp_path, "one"))
    facts = download(without_log(run(tmp_path, "two")))
    assert facts["events"].startswith("those of run one, because the event log cannot be used")
    assert (facts["events_clicks"], facts["erased_readers"]) == (1, 1)


def test_a_log_that_breaks_off_half_way_fails_the_step_and_may_be_tried_again(
    tmp_path: Path, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append([click(number) for number in range(4)])
    whole = EventLog.tail

    def breaks_off(self: EventLog, after: int, limit: int = 1, **other: Any) -> list[Entry]:
        if after:
            raise UnavailableError("the server went away.")
        return whole(self, after, 2, **other)

    monkeypatch.setattr(EventLog, "tail", breaks_off)
    with pytest.raises(TransientError, match="read in part: the server went away"):
        download(run(tmp_path, "one"))
    assert not run(tmp_path, "one").run.complete("raw")
    monkeypatch.undo()
    assert download(run(tmp_path, "one"))["events_clicks"] == 4


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    facts = download(run(tmp_path, "one"))
    assert facts["events"] == "no event log yet"
    assert not (tmp_path / "events.db").exists()


def test_a_log_on_postgresql_is_exported_alike(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as address:
        made = run(tmp_path, "one")
        settings = Settings(data_dir=tmp_path, events_uri=address)
        log = EventLog(address)
        log.append([click(1, session="s"), click(2, "rui"), Entry("p", Kind.ARTICLE, 9, "", "a2", {"hidden": True})])
        log.erase("rui")
        log.close()
        facts = download(Context(settings, made.params, made.run, made.options))
    counts = {"events_seq": 4, "events_clicks": 1, "events_posts": 1, "erased_readers": 1}
    assert {name: facts[name] for name in counts} == counts
    raw = made.run.read("raw")
    assert scan_part(raw, "event_clicks").collect().row(0)[:5] == (1, 1_660_000_000_001, "ana", "a1", "s")
    assert scan_part(raw, "event_posts").collect()["hidden"].to_list() == [True]


def test_what_was_found_bad_is_exported_as_such_and_the_export_follows_a_later_rule(
    tmp_path: Path, log: EventLog
) -> None:
    log.append([click(1), click(2, "rui")])
    first = run(tmp_path, "one")
    download(first)
    rule = {"digests": [user_digest("rui")], "from_ms": 0, "until_ms": 2_000_000_000_000}
    log.append([Entry("q", Kind.QUARANTINE, 5, body=rule)])
    second = run(tmp_path, "two")
    download(second)
    for made, bad in ((first, [False, False]), (second, [False, True])):
        assert scan_part(made.run.read("raw"), "event_clicks").collect()["quarantined"].to_list() == bad


def test_an_export_of_an_earlier_version_is_read_as_believed(tmp_path: Path, log: EventLog) -> None:
    log.append([click(1)])
    made = run(tmp_path, "one")
    download(made)
    file = made.run.read("raw") / CLICKS
    table = pl.read_parquet(file).drop("belief", "quarantined")
    file.unlink()
    table.write_parquet(file)
    found = scan_part(made.run.read("raw"), "event_clicks").collect()
    assert found.select("belief", "quarantined").rows() == [(1.0, False)]
