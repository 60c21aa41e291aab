"""An erased student is in no later run, and in no run that maintenance left."""

import json
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.releases.release_guard import LOAD_TRIAL, ReleaseGuard
from pipelines.decisions import note_maintenance
from pipelines.housekeeping import FRESH_SECONDS
from pipelines.raw_files.arrival import find_arrival
from pipelines.students.erasure import releases_holding
from pipelines.students.maintenance import prune
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context
from script_shared.events import ErasedUsers, EventLog
from script_shared.students.erasure import person_name
from script_shared.students.model import StudentsModel
from script_shared.students.store import Store
from script_shared.use_case_settings import UseCaseSettings
from tests.app.students.releases import ROWS, make_release
from tests.pipelines.students.conftest import do, make_context, write_workbook

HEADER = ["RA", "Fase", "Ano nasc", "Fase ideal", "Defas"]
TRIED = {"use_cases": "students", "use_case": "students"}


def erase(context: Context, ra: str) -> ErasedUsers:
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = EventLog(context.settings.events_address)
    log.erase(person_name(ra))
    digests = frozenset(log.erased_digests())
    log.close()
    return ErasedUsers(digests)


def sheets(tmp_path: Path) -> Context:
    folder = tmp_path / "in"
    folder.mkdir()
    rows: list[list[Any]] = [[f"RA-{number}", 2, 2012, "Fase 3", -1] for number in (1, 2)]
    write_workbook(folder / "book.xlsx", {"PEDE2023": [HEADER, *rows]})
    return make_context(tmp_path, source="workbooks", source_path=folder)


def test_an_erased_student_is_left_out_of_the_next_run(tmp_path: Path) -> None:
    context = sheets(tmp_path)
    do(context, "landing", "bronze", "silver")
    erase(context, "ra-2")
    facts = do(context, "silver")
    assert (facts["rows"], facts["erased"]) == (1, 1)
    assert pl.read_parquet(context.run.read("silver") / "records.parquet")["ra"].to_list() == ["RA-1"]


def test_maintenance_removes_runs_that_hold_an_erased_student_workbooks_included(tmp_path: Path) -> None:
    context = sheets(tmp_path)
    do(context, "landing", "bronze", "silver")
    (context.run.root / "monitoring.json").write_text('{"trainings": []}')  # of no run
    erase(context, "RA-2")
    assert prune(context)["erased_from_runs"] == []  # it may still be going on
    for manifest in context.run.root.glob("*/run-1/_manifest.json"):
        os.utime(manifest, (manifest.stat().st_mtime - 2 * FRESH_SECONDS,) * 2)
    assert prune(context)["erased_from_runs"] == ["run-1"]
    left = {path.name for path in context.run.root.rglob("*") if path.is_file()}
    assert left == {"arrivals.json", "monitoring.json"}


def test_workbooks_that_a_run_could_not_read_are_removed_after_an_erasure(tmp_path: Path) -> None:
    context = sheets(tmp_path)
    do(context, "landing")
    for manifest in context.run.root.glob("*/run-1/_manifest.json"):
        os.utime(manifest, (manifest.stat().st_mtime - 2 * FRESH_SECONDS,) * 2)
    assert prune(context)["erased_from_runs"] == []
    erase(context, "RA-9")
    assert prune(context)["erased_from_runs"] == ["run-1"]


def test_a_removed_run_does_not_make_its_workbooks_new(tmp_path: Path) -> None:
    context = sheets(tmp_path)
    do(context, "landing", "bronze")
    own = {"students": UseCaseSettings(source="workbooks", source_path=tmp_path / "in")}
    watching = context.settings.model_copy(update={"by_use_case": own})
    assert find_arrival(STUDENTS, watching) is None
    erase(context, "RA-2")
    for manifest in context.run.root.glob("*/run-1/_manifest.json"):
        os.utime(manifest, (manifest.stat().st_mtime - 2 * FRESH_SECONDS,) * 2)
    assert prune(context)["erased_from_runs"] == ["run-1"]
    assert find_arrival(STUDENTS, watching) is None
    write_workbook(tmp_path / "in" / "next.xlsx", {"PEDE2024": [HEADER, ["RA-1", 3, 2012, "Fase 4", -1]]})
    assert find_arrival(STUDENTS, watching) is not None


def test_releases_that_hold_an_erased_student_are_counted(finished: Context) -> None:
    table = pl.read_parquet(finished.run.read("gold") / "records.parquet")
    version = finished.run.facts("published")["version"]
    assert releases_holding(finished.releases, ErasedUsers()) == {}
    log_of = make_context(finished.settings.data_dir.parent / "elsewhere")
    assert releases_holding(finished.releases, erase(log_of, table["ra"][0])) == {version: 1}
    assert releases_holding(finished.releases, erase(make_context(log_of.settings.data_dir), "RA-0")) == {}


def test_maintenance_removes_an_erased_student_from_every_release_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(tmp_path / "of-the-check"))
    context = make_context(tmp_path)
    made = make_release(tmp_path / "made")
    for version in ("s1", "s2", "s3"):
        context.releases.publish(made, version, {"students": 4})
        context.releases.promote(version, "test")
    before = {version: Store.load(context.releases.fetch(version)) for version in context.releases.versions()}
    asked = StudentsModel.load(context.releases.fetch("s1")).of_student("RA-3")
    erase(context, "ra-2")
    facts = prune(context)
    assert facts["erased_from_releases"] == {"s1": 1, "s2": 1, "s3": 1}
    assert facts["releases_with_erased"] == {}
    for version, old in before.items():
        context.releases.verify(version)
        folder = context.releases.fetch(version)
        model = StudentsModel.load(folder, version)
        store, gone = model.store, old.student("RA-2")
        assert store.ids.ids.tolist() == ["RA-1", "RA-3", "RA-4"]
        assert model.of_student("RA-2") is None
        assert model.of_student("RA-3") == asked
        assert len(store.records) == len(old.records) - len(old.rows(gone))
        assert not any(b"RA-2" in path.read_bytes() for path in folder.rglob("*") if path.is_file())
        guard = ReleaseGuard(tmp_path / "cache", LOAD_TRIAL, TRIED)
        assert guard.verdict(folder, context.releases.manifest(version)).is_clean
    assert not any(b"RA-2" in path.read_bytes() for path in (tmp_path / "models").rglob("*") if path.is_file())
    assert prune(context)["erased_from_releases"] == {}


def test_the_record_of_decisions_names_the_releases_that_lost_a_student(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    context.releases.publish(make_release(tmp_path / "made"), "s1")
    erase(context, "RA-2")
    note_maintenance(context, prune(context), "command:ana")
    with closing(EventLog(context.settings.events_address)) as log:
        (entry,) = [each for each in log.audit.chain() if each.what == "maintenance"]
    assert "1 erased from releases" in entry.why
    assert json.loads(entry.evidence)["erased_from_releases"] == {"s1": 1}
    assert "RA-2" not in str(entry)


def test_a_release_that_would_have_nobody_left_is_named_and_stays(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    context.releases.publish(make_release(tmp_path / "made"), "s1")
    for ra in ROWS:
        erase(context, ra)
    facts = prune(context)
    assert (facts["erased_from_releases"], facts["releases_with_erased"]) == ({}, {"s1": 4})
    context.releases.verify("s1")


def test_a_user_of_another_use_case_with_the_same_id_is_another_person(tmp_path: Path) -> None:
    context = sheets(tmp_path)
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = EventLog(context.settings.events_address)
    log.erase("RA-2")
    log.close()
    assert do(context, "landing", "bronze", "silver")["erased"] == 0
