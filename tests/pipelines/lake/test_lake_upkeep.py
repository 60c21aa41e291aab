"""Maintenance of runs that are in a lake and on several machines."""

import json
from datetime import timedelta

import pytest

from pipelines.erasures import remove_runs_holding
from pipelines.housekeeping import runs_of
from pipelines.lake import upload
from pipelines.runs import MANIFEST, latest_run, remove
from tests.pipelines.lake.machine import texts, write
from tests.pipelines.lake.raw_folders import RAW, Machines, finish_before_the_lake


def test_files_that_a_killed_upload_left_are_removed_a_day_later(
    machine: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = machine("a")
    a.step("download", write("raw", RAW))
    a.lake.swap("folders/raw/r0/files-0a/clicks.csv", b"x", None)
    a.work(lambda: None)
    assert a.lake.folders("folders/raw") == ["r0", "r1"]
    monkeypatch.setattr(upload, "STALE", timedelta(0))
    a.work(lambda: None)
    assert a.lake.folders("folders/raw") == ["r1"]
    machine("b").step("refine", lambda run: run.read("raw"))


def test_a_run_that_is_removed_is_removed_from_the_lake_and_from_all_machines(machine: Machines) -> None:
    a, b, c = machine("a"), machine("b"), machine("c")
    a.step("download", write("raw", RAW))
    a.step("train", write("trained", {"m": "m"}, "logged"))
    b.step("refine", lambda run: run.read("raw"))
    c.work(lambda: [remove(c.run().root / step / "r1") for step in ("raw", "trained")])
    assert c.lake.files("manifests") == []
    assert c.lake.folders("folders/raw") == c.lake.folders("folders/trained") == []
    b.see()
    assert latest_run(b.run().root, "raw") is None
    assert not b.run().place("raw").exists()


def test_erased_people_are_found_in_runs_of_other_machines(machine: Machines) -> None:
    a, b = machine("a"), machine("b")
    a.step("download", write("raw", {"people.csv": "ana"}))
    a.step("download", write("raw", {"people.csv": "rui"}), "r2")
    tables, removed = {"raw": "people.csv"}, []

    def maintain():
        removed.extend(remove_runs_holding(b.run().root, ["r1", "r2"], tables, lambda file: file.read_text() == "ana"))

    b.work(maintain)
    assert removed == ["r1"]
    assert b.lake.folders("folders/raw") == ["r2"]


def test_a_folder_that_maintenance_changes_in_place_is_changed_in_the_lake(machine: Machines) -> None:
    a, b, c = machine("a"), machine("b"), machine("c")
    a.step("download", write("raw", {"people.csv": "ana, rui"}))

    def erase():
        folder = b.run().folder("raw")
        (folder / "people.csv").write_text("rui")
        (folder / MANIFEST).write_text(json.dumps({**b.run().facts("raw"), "erased_until": 7}))

    b.work(erase)
    c.step("refine", lambda run: run.read("raw"))
    assert texts(c.run().place("raw")) == {"people.csv": "rui"}
    manifest = c.manifest("raw")
    assert manifest is not None
    assert manifest.lineage.step == "download"
    stored = [c.lake.read(f"{manifest.base}/{name}") for name in manifest.files]
    assert not any(b"ana" in each.data for each in stored if each)
    assert len(c.lake.folders("folders/raw/r1")) == 1


def test_a_run_that_goes_on_on_another_machine_is_known_to_maintenance(machine: Machines) -> None:
    a, b, active = machine("a"), machine("b"), []
    finish_before_the_lake(a, "raw", "r1", 1)
    a.step("refine", lambda run: None)

    def look(run):
        b.see()
        active.append([each.run_id for each in runs_of(b.run().root)[1]])

    a.step("refine", look)
    b.see()
    active.append([each.run_id for each in runs_of(b.run().root)[1]])
    assert active == [["r1"], []]
