"""A training row is rebuilt as it was, by release or by moment, also after later changes."""

import json
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.__main__ import main
from pipelines.runs import MANIFEST, remove
from pipelines.students.search.result import params_found
from pipelines.students.tables.gold import columns_in, read_gold
from pipelines.students.training.fit import ruler_of
from pipelines.students.training_rows import TrainingRow, rebuild, records_in, row_as_of, row_of_release
from pipelines.students.use_case import STUDENTS
from pipelines.use_case import Context, Options
from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.storage.tables import tables_address
from script_shared.students.database.access_record import AccessRecord, digest_of
from script_shared.students.erasure import person_name
from script_shared.students.features import STATUSES, matrix
from tests.pipelines.students.conftest import do, make_context, write_workbook

HEADER = ["RA", "Fase", "Ano nasc", "Fase ideal", "Defas", "IDA", "Matem"]


def values(features: Any) -> list[float]:
    return [float("nan") if value is None else value for value in features.values()]


def test_every_row_of_gold_is_rebuilt_from_the_records_up_to_its_year(finished: Context) -> None:
    table = read_gold(finished.run.read("gold"))
    params = params_found(finished.run, finished.params)
    names, ruler = tuple(params.model.features), ruler_of(params)
    learned = matrix(columns_in(table), names, ruler)
    records = records_in(pl.read_parquet(finished.run.read("silver") / "records.parquet"))
    for place, row in enumerate(table.iter_rows(named=True)):
        until = {year: record for year, record in records[row["ra"]].items() if year <= row["year"]}
        np.testing.assert_array_equal(values(rebuild(until, row["year"], names, ruler)), learned[place])


def test_a_row_of_a_release_has_the_features_and_the_target_of_its_training(finished: Context) -> None:
    table = read_gold(finished.run.read("gold"))
    version = finished.run.facts("published")["version"]
    some = table.sample(20, seed=1)
    names, ruler = finished.params.model.features, ruler_of(finished.params)
    for place, row in enumerate(some.iter_rows(named=True)):
        found = row_of_release(finished, row["ra"].lower(), row["year"], version)
        np.testing.assert_array_equal(values(found.features), matrix(columns_in(some), names, ruler)[place])
        status = row["next_status"]
        assert (found.next_lag, found.next_status) == (
            row["next_lag"],
            None if status is None else STATUSES[status],
        )
        assert (found.source, found.run_id, found.release) == ("silver", "run-1", version)


def sheets(folder: Path, name: str, rows: dict[int, list[list[Any]]]) -> None:
    folder.mkdir(exist_ok=True)
    write_workbook(folder / name, {f"PEDE{year}": [HEADER, *own] for year, own in rows.items()})


def run_at(context: Context, run_id: str, at: str) -> Context:
    """The data steps in a run of their own, finished at that time."""
    own = STUDENTS.context(context.settings, run_id, context.options, context.params)
    do(own, "landing", "bronze", "silver", "gold")
    manifest = own.run.folder("gold") / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "finished_at": at}))
    return own


@pytest.fixture
def corrected(tmp_path: Path) -> Context:
    """Two runs: three sheets in March, and the same sheets with a correction of 2023 in June."""
    context = make_context(tmp_path, source="workbooks", source_path=tmp_path / "in")
    marks = {year: [[f"RA-{n}", 2, 2012, "Fase 3", -1, n, year - 2020] for n in (1, 2)] for year in (2022, 2023, 2024)}
    sheets(tmp_path / "in", "a.xlsx", marks)
    run_at(context, "march", "2025-03-01T00:00:00+00:00")
    sheets(tmp_path / "in", "b.xlsx", {2023: [["RA-1", 3, 2012, "Fase 3", 0, 9.5, 8], ["RA-2", 2, 2012, "Fase 3", -1]]})
    return run_at(context, "june", "2025-06-01T00:00:00+00:00")


def as_of(context: Context, year: int, month: int) -> TrainingRow:
    return row_as_of(context, "RA-1", year, datetime(2025, month, 15, tzinfo=UTC))


def test_a_later_correction_of_a_year_does_not_change_an_earlier_row(corrected: Context) -> None:
    before, after = as_of(corrected, 2023, 4), as_of(corrected, 2023, 7)
    assert (before.run_id, before.features["ida"], before.features["phase"]) == ("march", 1.0, 2.0)
    assert (after.run_id, after.features["ida"], after.features["phase"]) == ("june", 9.5, 3.0)
    assert (as_of(corrected, 2022, 4).next_lag, as_of(corrected, 2022, 7).next_lag) == (-1, 0)
    assert as_of(corrected, 2022, 4).next_status == "alert"
    assert as_of(corrected, 2024, 7).next_status is None


def test_before_the_first_data_there_is_no_row(corrected: Context) -> None:
    with pytest.raises(InputError, match=r"no run and no release of 2025-02-15 .*releases\.keep_runs"):
        as_of(corrected, 2023, 2)


def test_the_row_of_a_release_outlives_its_run(finished: Context, tmp_path: Path) -> None:
    version = finished.run.facts("published")["version"]
    settings = finished.settings.model_copy(update={"data_dir": tmp_path / "empty"})
    without = STUDENTS.context(settings, "any", Options(), finished.params)
    row = read_gold(finished.run.read("gold")).filter(pl.col("next_status").is_not_null()).row(0, named=True)
    exact, kept = (row_of_release(each, row["ra"], row["year"], version) for each in (finished, without))
    assert kept.source == "release"
    np.testing.assert_allclose(values(kept.features), values(exact.features), rtol=1e-6)
    assert kept.next_status == exact.next_status
    newest = row_as_of(without, row["ra"], row["year"], datetime.now(UTC))
    assert newest == kept


def test_no_row_of_an_erased_student_is_rebuilt(corrected: Context) -> None:
    with closing(EventLog(corrected.settings.events_address)) as log:
        log.erase(person_name("RA-1"))
    with pytest.raises(InputError, match="no row of this student in 2023"):
        as_of(corrected, 2023, 7)


def test_the_command_prints_the_row_and_records_the_look(
    corrected: Context, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAUTA_DATA_DIR", str(corrected.settings.data_dir))
    monkeypatch.setenv("PAUTA_MODELS_URI", corrected.settings.models_uri)
    assert main(["student-features", "ra-1", "2023", "--at", "2025-04-15"]) == 0
    assert json.loads(capsys.readouterr().out) == asdict(as_of(corrected, 2023, 4))
    with closing(AccessRecord(tables_address(corrected.settings, "students"))) as record:
        (look,) = record.read()
    assert (look.role, look.student) == ("command", digest_of("RA-1"))
    assert main(["student-features", "RA-1", "2023", "--at", "soon"]) == 1
    assert "--at must be a time" in capsys.readouterr().err


def test_no_row_is_rebuilt_from_a_removed_run(corrected: Context) -> None:
    for step in ("landing", "bronze", "silver", "gold"):
        remove(corrected.run.folder(step))
    assert as_of(corrected, 2023, 7).run_id == "march"
