"""An erased candidate is in no later run, and in no run that maintenance left."""

import os
from pathlib import Path

import polars as pl

from pipelines.housekeeping import FRESH_SECONDS
from pipelines.recruiting.erasure import releases_holding
from pipelines.recruiting.maintenance import prune
from pipelines.recruiting.tables.reading import read_tables
from pipelines.use_case import Context
from script_shared.arrays import IdIndex
from script_shared.events import ErasedUsers, EventLog
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.ranking.release_folder import CANDIDATES
from script_shared.recruiting.store.store import RecruitingStore
from script_shared.storage.tables import tables_address
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency


def erase(context: Context, candidate_id: str) -> ErasedUsers:
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = EventLog(context.settings.events_address)
    log.erase(person_name(candidate_id))
    digests = frozenset(log.erased_digests())
    log.close()
    return ErasedUsers(digests)


def agency(tmp_path: Path, run: str = "run-1") -> Context:
    people = {"7": candidate(), "8": candidate()}
    folder = tmp_path / "in"
    if not folder.exists():
        write_agency(folder, {"1": vacancy()}, people, {"1": [prospect("7"), prospect("8")]})
    return make_context(tmp_path, run=run, source="json", source_path=folder)


def test_an_erased_candidate_and_the_applications_are_left_out_of_the_next_run(tmp_path: Path) -> None:
    do(agency(tmp_path), "landing", "refine")
    later = agency(tmp_path, "run-2")
    erase(later, "8")
    assert "reused_from" not in do(later, "landing")
    do(later, "refine")
    tables = read_tables(later.run.read("refined"))
    assert tables.candidates["candidate_id"].to_list() == ["7"]
    assert tables.applications["candidate_id"].to_list() == ["7"]
    assert pl.read_parquet(later.run.read("landing") / "raw" / "candidates.parquet").height == 1


def test_an_erased_candidate_of_applications_alone_is_left_out_of_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_agency(folder, {"1": vacancy()}, {"7": candidate()}, {"1": [prospect("7"), prospect("8")]})
    do(agency(tmp_path), "landing", "refine")
    later = agency(tmp_path, "run-2")
    erase(later, "8")
    do(later, "landing", "refine")
    assert read_tables(later.run.read("refined")).candidates["candidate_id"].to_list() == ["7"]


def test_maintenance_removes_runs_that_hold_an_erased_candidate(tmp_path: Path) -> None:
    context = agency(tmp_path)
    do(context, "landing", "refine")
    erase(context, "8")
    assert prune(context)["erased_from_runs"] == []  # it may still be going on
    for manifest in context.run.root.glob("*/run-1/_manifest.json"):
        os.utime(manifest, (manifest.stat().st_mtime - 2 * FRESH_SECONDS,) * 2)
    assert prune(context)["erased_from_runs"] == ["run-1"]
    assert not [path for path in context.run.root.rglob("*") if path.is_file()]


def test_releases_that_hold_an_erased_candidate_are_counted(tmp_path: Path) -> None:
    context = agency(tmp_path)
    folder = tmp_path / "release"
    IdIndex.of(["7", "8"]).save(folder / CANDIDATES, "ids")
    context.releases.publish(folder, "r1")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "damaged.txt").write_text("no release")
    context.releases.publish(tmp_path / "empty", "r2")
    assert releases_holding(context.releases, ErasedUsers()) == {}
    assert releases_holding(context.releases, erase(context, "8")) == {"r1": 1}


def test_maintenance_deletes_rows_of_erased_candidates_from_the_services_tables(tmp_path: Path) -> None:
    context = agency(tmp_path)
    store = RecruitingStore(tables_address(context.settings, "recruiting"))
    for name in ("7", "8"):
        store.put("candidates", {"candidate_id": name, "cv_text": "Java"})
    store.put("applications", {"candidate_id": "9", "vacancy_id": "1", "applied_on": "2024-01-02"})
    erase(context, "8")
    erase(context, "9")
    assert prune(context)["erased_from_tables"] == 2
    assert [each.record.get("candidate_id") for each in store.since(0)] == ["7"]
    store.close()
