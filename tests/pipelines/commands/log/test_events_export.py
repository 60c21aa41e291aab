"""The event log as parquet: every event once, with types, and no half file."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import main
from pipelines.commands.log import events
from script_shared.errors import InputError, UnavailableError
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.extract import Extract
from script_shared.events.served_list import ServedList
from script_shared.exploration.draws import draw, list_chance
from script_shared.exploration.randomization import Randomization
from script_shared.settings import Settings

NOW_MS = 1_660_532_400_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def log(settings: Settings) -> EventLog:
    log = EventLog(settings.events_address)
    clicks = [Entry(f"c{n}", Kind.CLICK, NOW_MS + n, "ú", "p/1", {"session": "s", "position": n}) for n in range(3)]
    log.append(
        [*clicks, Entry("i", Kind.IMPRESSION, NOW_MS, "", "p", {"proof": "x"}), Entry("a", Kind.ARTICLE, NOW_MS)]
    )
    return log


def test_events_are_written_with_their_types(settings: Settings, log: EventLog, tmp_path: Path) -> None:
    assert events.main(["export", str(tmp_path / "all.parquet")], settings) == 0
    rows = pq.read_table(tmp_path / "all.parquet").to_pylist()
    assert [row["event_id"] for row in rows] == ["c0", "c1", "c2", "i"]
    assert (rows[2]["user_id"], rows[2]["page"], rows[2]["session"], rows[2]["position"]) == ("ú", "p/1", "s", 2)
    assert rows[2]["time"].isoformat() == "2022-08-15T03:00:00.002000+00:00"
    assert (rows[2]["more"], rows[3]["more"], rows[3]["session"]) == (None, '{"proof": "x"}', None)


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (["--since", str(NOW_MS + 1)], ["c1", "c2"]),
        (["--until", "2022-08-15T03:00:00.001Z", "--kinds", "click"], ["c0"]),
        (["--kinds", "article, impression"], ["i", "a"]),
    ],
)
def test_events_are_chosen_by_time_and_kind(
    settings: Settings, log: EventLog, tmp_path: Path, flags: list[str], found: list[str]
) -> None:
    events.main(["export", str(tmp_path / "some.parquet"), *flags], settings)
    assert pq.read_table(tmp_path / "some.parquet")["event_id"].to_pylist() == found


def test_served_lists_have_the_chances_of_their_places(settings: Settings, log: EventLog, tmp_path: Path) -> None:
    how = Randomization(1.0, 2, 1, 1.0)
    pages, outcome = draw(how, ["a", "b", "c", "d"], 3, b"seed of it")
    plain = ServedList(bytes(12), NOW_MS, "ana", "", "logged", "ranker", "v1", ["a"])
    log.served.write([plain, replace(plain, pages=pages, draw=outcome)], seen=0)
    events.main(["export", str(tmp_path / "served.parquet"), "--kinds", "served"], settings)
    before, drawn = pq.read_table(tmp_path / "served.parquet").to_pylist()
    assert (before["propensities"], before["list_propensity"]) == (None, None)
    assert drawn["propensities"] == [1.0, *outcome.place_chances().tolist()]
    assert drawn["list_propensity"] == list_chance(how, 3, outcome.ranks)
    assert json.loads(drawn["more"])["candidates"] == ["b", "c", "d"]


@pytest.mark.parametrize("flags", [["--since", "yesterday"], ["--kinds", "erase"], ["--kinds", ""]])
def test_a_flag_that_cannot_be_used_is_named(settings: Settings, flags: list[str]) -> None:
    with pytest.raises(SystemExit):
        events.main(["export", "x.parquet", *flags], settings)


def test_a_file_that_exists_is_kept(settings: Settings, log: EventLog, tmp_path: Path) -> None:
    (tmp_path / "all.parquet").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        events.main(["export", str(tmp_path / "all.parquet")], settings)
    assert (tmp_path / "all.parquet").read_text() == "mine"


def test_a_log_that_breaks_off_leaves_no_file(
    settings: Settings, log: EventLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(wanted: Extract, log: EventLog):
        yield log.tail(0)
        raise UnavailableError("the log is unreachable.")

    monkeypatch.setattr(Extract, "pages", broken)
    with pytest.raises(UnavailableError):
        events.main(["export", str(tmp_path / "all.parquet")], settings)
    assert list(tmp_path.glob("all.parquet*")) == []


def test_without_a_log_or_a_folder_it_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path))
    assert main(["events", "export", str(tmp_path / "x.parquet")]) == 1
    assert "no event log yet" in capsys.readouterr().err
    EventLog(settings.events_address).append([Entry("c", Kind.CLICK, NOW_MS)])
    assert main(["events", "export", str(tmp_path / "no" / "x.parquet")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_api_imports_no_parquet() -> None:
    code = "import app.main, sys; assert not any(name.startswith('pyarrow') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
