"""An erased candidate is in no later run, and in no run that maintenance left."""

import os
from pathlib import Path

import orjson
import polars as pl

from pipelines.housekeeping import FRESH_SECONDS
from pipelines.recruiting.erasure import releases_holding
from pipelines.recruiting.maintenance import prune
from pipelines.recruiting.tables.reading import read_tables
from pipelines.use_case import Context
from script_shared.events import Erased, EventLog
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.release_folder import CANDIDATES
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency


def erase(context: Context, candidate_id: str) -> Erased:
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = EventLog(context.settings.events_address)
    log.erase(person_name(candidate_id))
    digests = frozenset(log.erased())
    log.close()
    return Erased(digests)


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
    folder.mkdir()
    lines = [orjson.dumps({"candidate_id": name}) for name in ("7", "8")]
    (folder / CANDIDATES).write_bytes(b"\n".join(lines) + b"\n")
    context.releases.publish(folder, "r1")
    assert releases_holding(context.releases, Erased()) == {}
    assert releases_holding(context.releases, erase(context, "8")) == {"r1": 1}
