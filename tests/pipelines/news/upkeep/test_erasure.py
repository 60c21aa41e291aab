"""An erasure reaches the runs that were made before it, and releases that still hold the user are listed."""

import os
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.__main__ import main
from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.sources import download
from pipelines.news.sources.event_log import export_events
from pipelines.news.upkeep.maintenance import prune
from pipelines.runs import MANIFEST, Run
from pipelines.use_case import Context, Options
from script_shared.events import Entry, EventLog, Kind
from tests.app.releases_made import make_release
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw
from tests.pipelines.news.upkeep.test_maintenance import DAY

READERS = [
    Reader("ana", [read(0, START), read(1, START + 1)], "Logged"),
    Reader("eva", [read(0, START + 2), read("nobody knows it", START + 3)], "Logged"),
    Reader("rui", [read(2, START + 4)]),
]


def clicks(*users: str) -> list[Entry]:
    return [Entry(f"click of {user}", Kind.CLICK, START + 9, user, PAGES[5]) for user in users]


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    (tmp_path / "data").mkdir()
    return EventLog(f"sqlite:///{tmp_path}/data/events.db")


def make_run(folder: Path, **raw: Any) -> Context:
    """A run of some days ago that came as far as a release, its raw files linked from a source."""
    context = context_of(folder)
    write_raw(folder / "source", READERS, **raw)
    options = Options(source="local", source_path=folder / "source")
    context = Context(context.settings, context.params, context.run, options)
    download(context)
    refine(context)
    for step in ("trained", "assembled"):
        with context.run.write(step) as (place, _):
            (place / "ids").write_text("ana eva rui")
    age(context)
    return context


def age(context: Context) -> None:
    """Let its steps have ended three days ago; raw files are the source's own, whose times stay."""
    for manifest in context.run.root.rglob(MANIFEST):
        os.utime(manifest, (time.time() - 3 * DAY,) * 2)


def texts(folder: Path) -> str:
    """Every value of every table and every other file below a folder."""
    tables = [repr(pl.read_parquet(file).to_dicts()) for file in folder.rglob("*.parquet")]
    others = [file.read_text() for file in folder.rglob("*") if file.is_file() and file.suffix != ".parquet"]
    return "\n".join([*tables, *others])


def test_old_runs_lose_the_reader_and_keep_everybody_else(tmp_path: Path, log: EventLog) -> None:
    log.append(clicks("eva", "rui"))
    context = make_run(tmp_path, validation=[("eva", [PAGES[7]], [START + 99]), ("ana", [PAGES[7]], [START + 99])])
    before = Dataset.load(context.run.read("refined"))
    assert "eva" in texts(context.run.root)
    log.erase("eva")
    facts = prune(context)
    assert facts["erased_from_runs"] == {"run-1": 1}
    assert "eva" not in texts(context.run.root)
    after = Dataset.load(context.run.read("refined"))
    assert after.users["user_id"].to_list()[::2] == ["ana", "rui"]
    assert after.users["user_id"][1].startswith("erased-")
    assert after.users["reads"].to_list() == [2, 0, 2]
    others = before.interactions.rows(before.interactions.user != 1)
    assert after.interactions.time_ms.tolist() == others.time_ms.tolist()
    assert after.interactions.user.tolist() == others.user.tolist()
    assert after.validation is not None
    assert after.validation.user.tolist() == [0]
    assert not context.run.folder("trained").exists()
    assert not context.run.folder("assembled").exists()


def visit(number: int, session: str, page: int, user: str = "") -> Entry:
    return Entry(f"visit {number}", Kind.CLICK, START + 9 + number, user, PAGES[page], {"session": session})


@pytest.mark.parametrize("name", ["session v7", "ana"])
def test_old_runs_lose_a_visit_with_or_without_the_user(tmp_path: Path, log: EventLog, name: str) -> None:
    log.append([visit(1, "v7", 5), visit(2, "v7", 6, "ana"), visit(3, "v8", 7), visit(4, "v9", 8, "ana")])
    context = make_run(tmp_path)
    before = Dataset.load(context.run.read("refined"))
    assert before.users["user_id"].to_list() == ["ana", "eva", "rui", "session v8"]
    assert before.users["reads"][0] == 5
    log.erase(name)
    assert prune(context)["erased_from_runs"] == {"run-1": 1 if name != "ana" else 3}
    after = Dataset.load(context.run.read("refined"))
    pages = after.interactions.article[after.interactions.user == 0].tolist()
    assert pages == ([0, 1, 8] if name != "ana" else [])
    assert after.users["reads"][0] == len(pages)
    assert "v7" not in texts(context.run.root)
    assert "v8" in texts(context.run.root)
    assert prune(context)["erased_from_runs"] == {}


def test_the_cleaned_raw_files_are_good_for_another_run_and_the_source_is_left_alone(
    tmp_path: Path, log: EventLog
) -> None:
    context = make_run(tmp_path)
    log.erase("eva")
    prune(context)
    again = Context(context.settings, context.params, Run(context.run.root, "run-2"), context.options)
    assert download(again)["reused_from"] == "run-1"
    facts = refine(again)
    assert (facts["erased_left_out"], facts["users"], facts["interactions"]) == (0, 2, 3)
    assert "eva" in texts(tmp_path / "source")
    assert "eva" not in texts(again.run.root)


def test_a_run_that_followed_an_erasure_is_not_read_again(
    tmp_path: Path, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = make_run(tmp_path)
    log.erase("nobody")
    assert prune(context)["erased_from_runs"] == {}
    monkeypatch.setattr("pipelines.news.upkeep.erasure._clean_raw", lambda *_: pytest.fail("read again"))
    monkeypatch.setattr("pipelines.news.upkeep.erasure._clean_refined", lambda *_: pytest.fail("read again"))
    assert context.run.complete("trained")
    prune(context)


def test_a_run_that_is_going_on_waits_for_the_next_time(tmp_path: Path, log: EventLog) -> None:
    context = make_run(tmp_path)
    with context.run.write("quality"):
        pass
    log.erase("eva")
    facts = prune(context)
    assert (facts["erased_from_runs"], facts["erased_waiting"]) == ({}, ["run-1"])
    age(context)
    assert prune(context)["erased_from_runs"] == {"run-1": 1}


def test_releases_that_hold_an_erased_reader_are_told(
    tmp_path: Path, log: EventLog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = context_of(tmp_path)
    releases = context.releases
    releases.publish(make_release(tmp_path / "made"), "v1")
    log.erase("log0")
    log.erase("semi1")
    log.erase("stranger")
    assert prune(context)["releases_with_erased"] == {"v1": 2}
    monkeypatch.setenv("PAUTA_DATA_DIR", str(context.settings.data_dir))
    monkeypatch.setenv("PAUTA_MODELS_URI", context.settings.models_uri)
    assert main(["releases", "erased"]) == 0
    assert capsys.readouterr().out == "v1: 2 of 3 erased users\n"


def test_portal_clicks_of_an_erased_reader_go_too(tmp_path: Path, log: EventLog) -> None:
    context = context_of(tmp_path)
    table = {"user_id": [30, 7, 30], "click_article_id": [5, 5, 2], "click_timestamp": [START, START, START]}
    codes = {"session_id": [1, 2, 1], "click_region": [21, 3, 21], "click_deviceGroup": [1, 3, 1]}
    with context.run.write("raw") as (raw, facts):
        pl.DataFrame({**table, **codes}).write_parquet(raw / "clicks.parquet")
        facts |= export_events(context, raw)
    refine(context)
    age(context)
    log.erase("30")
    assert prune(context)["erased_from_runs"] == {"run-1": 1}
    assert pl.read_parquet(context.run.read("raw") / "clicks.parquet")["user_id"].to_list() == [7]
    assert Dataset.load(context.run.read("refined")).users["user_id"][0] == "7"
    assert refine(context)["users"] == 1


def test_a_run_that_cannot_be_read_is_told_and_the_others_are_cleaned(tmp_path: Path, log: EventLog) -> None:
    context = make_run(tmp_path)
    broken = Run(context.run.root, "broken")
    with broken.write("raw") as (raw, _):
        (raw / "clicks.parquet").write_bytes(b"no parquet")
    age(context)
    log.erase("eva")
    facts = prune(context)
    assert facts["erased_from_runs"] == {"run-1": 1}
    assert [line.partition(":")[0] for line in facts["erased_unreadable"]] == ["broken"]
    assert not [path for path in context.run.root.rglob(".*") if path.is_file()]


def test_whoever_is_killed_while_cleaning_goes_on_the_next_time(
    tmp_path: Path, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = make_run(tmp_path)
    log.erase("eva")

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.news.upkeep.erasure._nameless", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(context)
    assert prune(context)["erased_from_runs"] == {"run-1": 1}
    assert "eva" not in texts(context.run.root)
