"""What is said of served lists: which click belongs to which list, and at which position."""

import json
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.measures.recent_lists import WINDOW_MS
from pipelines.measures.served_report import served_report
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.served_list import ServedList, answer_key

NOON = 1_660_564_800_000  # 2022-08-15T12:00:00Z


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(f"sqlite:///{tmp_path}/events.db")


def served(name: str, user: str = "ana", at: int = 0, session: str = "", segment: str = "logged") -> ServedList:
    return ServedList(answer_key(name), NOON + at, user, session, segment, "ranker", "v1", ["a", "b", "c"])


def click(name: str, page: str, user: str = "ana", at: int = 1, **body: str) -> Entry:
    return Entry(name, Kind.CLICK, NOON + at, user, page, body)


def test_a_click_is_counted_at_its_position_of_the_list_it_follows(log: EventLog) -> None:
    log.served.write([served("one"), served("two", "", session="s", segment="anonymous")], seen=0)
    log.append(
        [
            click("1", "b", "rui", answer_id="one"),  # by the answer
            click("2", "a"),  # by the user
            click("3", "c", "", session="s"),  # by the visit
            click("4", "a", at=5),  # again
            click("5", "x"),  # of no list
            click("6", "a", "eva"),  # was served nothing
            click("7", "c", at=WINDOW_MS + 1),  # too late
            click("8", "c", at=-1),  # before the list
        ]
    )
    report = served_report(log)
    assert dict(report.clicks) == {0: 1, 1: 1, 2: 1}
    assert dict(report.shown) == {0: 2, 1: 2, 2: 2}
    assert dict(report.lists) == {("2022-08-15", "logged"): 1, ("2022-08-15", "anonymous"): 1}
    assert dict(report.clicked) == {("2022-08-15", "logged"): 2, ("2022-08-15", "anonymous"): 1}
    assert report.others == 5
    assert (report.baseline, report.rate(0)) == (0.5, 0.5)


def test_a_click_that_names_no_answer_belongs_to_the_newest_list(log: EventLog) -> None:
    log.served.write([served("old"), served("new", at=10, segment="anonymous")], seen=0)
    log.append([click("1", "a", at=10), click("2", "b", at=WINDOW_MS + 5)])
    assert dict(served_report(log).clicked) == {("2022-08-15", "anonymous"): 2}


def test_quarantined_clicks_and_other_times_are_left_out(log: EventLog) -> None:
    log.served.write([served("one"), served("late", at=86_400_000)], seen=0)
    rule = {"events": ["1"], "from_ms": 0, "until_ms": 2 * NOON}
    log.append([click("1", "a"), click("2", "b"), Entry("q", Kind.QUARANTINE, NOON, body=rule)])
    report = served_report(log, NOON, NOON + 1_000)
    assert dict(report.clicks) == {1: 1}
    assert report.lists.total() == 1


def test_many_pages_are_joined_in_order(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.measures.recent_lists.PAGE", 3)
    log.served.write([served(str(n), f"u{n}", at=10 * n) for n in range(20)], seen=0)
    log.append([click(str(n), "b", f"u{n}", at=10 * n + 1) for n in range(20)])
    assert dict(served_report(log).clicks) == {1: 20}


def test_the_command_prints_tables_or_json(
    log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path / "none"))
    assert main(["served"]) == 1
    assert "no event log yet" in capsys.readouterr().err
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path))
    log.served.write([served("one"), served("old", at=-8 * 86_400_000)], seen=0)
    log.append([click("1", "b")])
    assert main(["served"]) == 0
    assert "2022-08-15 logged" in capsys.readouterr().out
    assert main(["served", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["lists"], said["clicks"], said["positions"][1]["rate"]) == (1, 1, 1.0)
    assert main(["served", "--json", "--since", "2022-08-01", "--until", "2022-08-10"]) == 0
    assert json.loads(capsys.readouterr().out)["lists"] == 1
