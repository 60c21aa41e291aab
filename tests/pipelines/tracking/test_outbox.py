"""Records wait complete, in order, and one of the same training takes the place of the one before."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.tracking.outbox import STALE_SECONDS, Outbox
from pipelines.tracking.record import Record, Release


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def record(tmp_path: Path, key: str = "r1@5", started: int = 5, **more: object) -> Record:
    page = tmp_path / f"{key}.html"
    page.write_text(f"<p>{key}")
    made = Record(key, key.partition("@")[0], "finished", started, started + 1, files={"pages/report.html": page})
    return replace(made, **more)


def test_a_record_waits_with_its_files_also_when_they_are_gone(outbox: Outbox, tmp_path: Path) -> None:
    release = Release("v1", "r1", "/models/v1", "ab", "2026-11-21T00:00:00+00:00", "accepted", ("good",))
    put = record(tmp_path, params={"a": "1"}, metrics={"x": 0.5}, release=release)
    outbox.put(put)
    put.files["pages/report.html"].unlink()
    [found] = outbox.records()
    assert found.with_files({}) == put.with_files({})
    assert found.files["pages/report.html"].read_text() == "<p>r1@5"


def test_the_oldest_training_comes_first(outbox: Outbox, tmp_path: Path) -> None:
    for key, started in [("b@9", 9), ("c@1", 1), ("a@4", 4)]:
        outbox.put(record(tmp_path, key, started))
    assert [each.key for each in outbox.records()] == ["c@1", "a@4", "b@9"]


def test_a_later_record_of_the_same_training_takes_its_place(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put(record(tmp_path, params={"a": "1"}))
    outbox.put(record(tmp_path, params={"a": "2"}, files={}))
    [found] = outbox.records()
    assert (found.params, found.files) == ({"a": "2"}, {})


def test_a_record_that_was_told_is_forgotten_unless_another_took_its_place(outbox: Outbox, tmp_path: Path) -> None:
    first = record(tmp_path)
    outbox.put(first)
    outbox.put(replace(first, params={"a": "2"}))
    outbox.settle(first)
    assert len(outbox.records()) == 1
    outbox.settle(replace(first, params={"a": "2"}))
    assert outbox.records() == []
    outbox.settle(first)


def test_what_is_no_record_is_passed_over_and_stays(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put(record(tmp_path))
    for name, text in {"bad": "{", "worse": "[]", "other": '{"release": null, "colour": "red"}'}.items():
        (tmp_path / "outbox" / name).mkdir()
        (tmp_path / "outbox" / name / "record.json").write_text(text)
    assert [each.key for each in outbox.records()] == ["r1@5"]
    assert (tmp_path / "outbox" / "bad" / "record.json").is_file()


def test_what_a_killed_writer_left_is_removed_after_an_hour(outbox: Outbox, tmp_path: Path) -> None:
    old, new = tmp_path / "outbox" / ".a.1.partial", tmp_path / "outbox" / ".b.1.partial"
    old.mkdir(parents=True)
    new.mkdir()
    os.utime(old, (0, time.time() - STALE_SECONDS - 1))
    outbox.clear_leftovers()
    assert (old.exists(), new.exists()) == (False, True)


def test_several_writers_of_one_record_leave_one(outbox: Outbox, tmp_path: Path) -> None:
    put = record(tmp_path)
    errors: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(20):
                outbox.put(put)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert outbox.records()[0].with_files({}) == put.with_files({})
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == ["r1@5"]
