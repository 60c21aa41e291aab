"""Rows that trainings learn from, rebuilt as they were: for a release, or as of a moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from pipelines.erasures import erased_digests
from pipelines.lake.session import see_lake
from pipelines.runs import Run
from pipelines.students.search.result import params_found
from pipelines.students.tables.bronze import TABLE
from pipelines.students.tables.gold import columns_in
from pipelines.students.training.fit import ruler_of
from pipelines.tracking.training_record import PARAMS
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.students.erasure import are_erased, normal_id
from script_shared.students.features import RECORD, STATUSES, Ruler, columns_of, matrix, status_of
from script_shared.students.params import StudentsParams
from script_shared.students.risk_model import RiskModel
from script_shared.students.store import Store

Records = Mapping[int, Mapping[str, float | None]]  # of one student: by year, names of RECORD to numbers


@dataclass(frozen=True)
class TrainingRow:
    """What a training knew of one student in one year.

    Attributes:
        ra: id of the student.
        year: of the record that the features are made of.
        run_id: run of the data.
        release: the release made from these data; "" if the run was chosen by its time.
        source: what it was rebuilt from: ``silver``, whose values are exact, or ``release``, whose values are float32.
        features: by name, None where the record lacks what a feature needs.
        next_lag: lag of the year after; None where the data had no sheet of it, or the student left.
        next_status: critical, alert or expected, by that lag; the target of the training.
    """

    ra: str
    year: int
    run_id: str
    release: str
    source: str
    features: Mapping[str, float | None]
    next_lag: int | None
    next_status: str | None


@dataclass(frozen=True)
class _Place:
    """The data of one time: a run, and the release made from it, if known."""

    run: Run
    version: str = ""


def row_of_release(context: Context, ra: str, year: int, version: str) -> TrainingRow:
    """The row as the training of a release had it.

    From the silver table of the release's run; where that run was removed, from the records in the release.

    Args:
        context: of any run of the use case.
        ra: id of the student; blanks and case do not count.
        year: of the row.
        version: of the release.

    Raises:
        InputError: the data have no such row, or the student was erased.
        ReleaseError: the release is missing or damaged.
    """
    see_lake(context.settings, context.use_case)
    return _row(context, normal_id(ra), year, _place_of(context, version))


def row_as_of(context: Context, ra: str, year: int, moment: datetime) -> TrainingRow:
    """The row as a training at a moment would have had it: by the newest data that were complete then.

    Sheets that came later, such as a correction of the year, do not change it.

    Args:
        context: of any run of the use case; its params choose the features of a run that was not trained.
        ra: id of the student; blanks and case do not count.
        year: of the row.
        moment: with a time zone.

    Raises:
        InputError: no data of that time are kept, they have no such row, or the student was erased.
    """
    see_lake(context.settings, context.use_case)
    found = [(at, place) for at, place in _places(context) if at <= moment]
    if not found:
        raise InputError(
            f"no run and no release of {moment:%Y-%m-%d %H:%M} or before is kept.",
            fix="Choose a later moment; releases.keep and releases.keep_runs set how many are kept.",
        )
    return _row(context, normal_id(ra), year, max(found, key=lambda pair: pair[0])[1])


def rebuild(records: Records, year: int, features: tuple[str, ...], ruler: Ruler) -> dict[str, float | None]:
    """Features of one year by name, made of the record of that year alone, as in training and serving.

    Args:
        records: of one student, with one of the year.
        year: of the row.
        features: names.
        ruler: ideal phase by age.
    """
    values = matrix(columns_of([records[year]]), features, ruler)[0].tolist()
    return {name: None if value != value else value for name, value in zip(features, values, strict=True)}


def records_in(table: pl.DataFrame) -> dict[str, dict[int, dict[str, float | None]]]:
    """The records of a table of silver, by student and year.

    Args:
        table: with ``ra`` and the columns of RECORD.
    """
    columns = columns_in(table)
    found: dict[str, dict[int, dict[str, float | None]]] = {}
    for place, (ra, year) in enumerate(table.select("ra", "year").iter_rows()):
        values = {name: float(columns[name][place]) for name in RECORD}
        found.setdefault(ra, {})[year] = {name: None if value != value else value for name, value in values.items()}
    return found


def _places(context: Context) -> list[tuple[datetime, _Place]]:
    """All runs with a finished gold table and all releases, with the time at which they were complete."""
    root = context.run.root
    runs = [Run(root, folder.name) for folder in (root / "gold").glob("[!.]*")]
    complete = [run for run in runs if run.complete("gold") and run.complete("silver")]
    found = [(datetime.fromisoformat(run.facts("gold")["finished_at"]), _Place(run)) for run in complete]
    kept = {run.run_id for run in complete}
    gone = [manifest for manifest in context.releases.list() if manifest.run_id and manifest.run_id not in kept]
    return found + [(each.created_at, _Place(Run(root, each.run_id), each.version)) for each in gone]


def _place_of(context: Context, version: str) -> _Place:
    run_id = context.releases.manifest(version).run_id
    if not run_id:
        raise InputError(f"release {version} was not made by a run.", fix="Name another release.")
    return _Place(Run(context.run.root, run_id), version)


def _row(context: Context, ra: str, year: int, place: _Place) -> TrainingRow:
    from_silver = place.run.complete("silver")
    records = _of_silver(place.run, ra) if from_silver else _of_release(context, ra, place.version)
    if year not in records or are_erased([ra], erased_digests(context.settings))[0]:
        raise InputError(
            f"the data of run {place.run.run_id} have no row of this student in {year}.",
            fix="Choose another year or moment. Rows of erased students are not shown.",
        )
    lag = records.get(year + 1, {}).get("lag")
    return TrainingRow(
        ra=ra,
        year=year,
        run_id=place.run.run_id,
        release=place.version,
        source="silver" if from_silver else "release",
        features=rebuild(records, year, *_features(context, place)),
        next_lag=None if lag is None else int(lag),
        next_status=None if lag is None else STATUSES[int(status_of(np.array([lag]))[0])],
    )


def _of_silver(run: Run, ra: str) -> Records:
    table = pl.scan_parquet(run.read("silver") / TABLE, glob=False).filter(pl.col("ra") == ra).collect()
    return records_in(table).get(ra, {})


def _of_release(context: Context, ra: str, version: str) -> Records:
    store = Store.load(context.releases.fetch(version))
    student = store.student(ra)
    records = [store.record(row) for row in store.rows(student)] if student >= 0 else []
    return {int(record["year"] or 0): record for record in records}


def _features(context: Context, place: _Place) -> tuple[tuple[str, ...], Ruler]:
    """Names of the features and the ruler: those of the release, else of the run's training, else of the params."""
    if place.version:
        model = RiskModel.load(context.releases.fetch(place.version))
        return model.features, model.ruler
    params: StudentsParams = params_found(place.run, context.params)
    if place.run.complete("trained"):
        content = json.loads((place.run.read("trained") / PARAMS).read_text(encoding="utf-8"))
        params = StudentsParams.model_validate(content)
    return tuple(params.model.features), ruler_of(params)
