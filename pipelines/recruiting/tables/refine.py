"""Step refine: checked tables with types; other rows in a table with their reason."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.recruiting.tables import columns, values
from pipelines.recruiting.tables.checks import check
from pipelines.recruiting.tables.raw import read_raw
from pipelines.recruiting.tables.stored import with_stored
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.recruiting.params import RecruitingParams

REASONS = {  # in the order in which they are looked for
    "no_id": "an id is missing",
    "no_title": "the vacancy has no title",
    "no_date": "the day of the application is missing or cannot be read",
    "repeated": "the id, or the pair of candidate and vacancy, has an earlier row, which is kept",
}


def refine(context: Context) -> dict[str, Any]:
    """Read landing and the tables of the service, write refined: vacancies, candidates, applications, rejected rows.

    A candidate or a vacancy that only applications name is a row with its id, and its title where they have one.

    Args:
        context: the run, its settings, params and options.

    Returns:
        rows by table, rejected (rows by table and reason), grades (applications by grade), stored (rows of the service
        among them).

    Raises:
        InputError: more rows of a table were rejected than ``refine.max_rejected`` allows.
    """
    params: RecruitingParams = context.params
    folder = context.run.read("landing")
    files = {name: read_raw(folder, name) for name in ("vacancies", "candidates", "applications")}
    raw, stored = with_stored(files, context.settings)
    typed = {
        "vacancies": _vacancies(raw["vacancies"], params),
        "candidates": _candidates(raw["candidates"], params),
        "applications": _applications(raw["applications"], params),
    }
    kept, rejected = {}, []
    for name, (table, reason) in typed.items():
        judged = table.with_columns(reason.alias("reason"))
        kept[name] = judged.filter(pl.col("reason").is_null()).drop("reason")
        lost = judged.filter(pl.col("reason").is_not_null())
        _refuse_many(name, lost, table.height, params.refine.max_rejected)
        rejected.append(lost.select(pl.lit(name).alias("table"), "row", "reason"))
    tables = _whole(kept)
    for name, table in tables.items():
        check(name, table, context.run.run_id)
    return _write(context, tables, pl.concat(rejected), stored)


def _vacancies(raw: pl.DataFrame, params: RecruitingParams) -> tuple[pl.DataFrame, pl.Expr]:
    shorts = ("country", "state", "city", "level", "academic", "english", "spanish")
    table = raw.with_row_index("row").select(
        "row",
        values.identifier("vacancy_id"),
        values.day("asked_on", params.refine.first_year),
        values.title("title"),
        *(values.text(name) for name in ("description", "skills_text", "remarks")),
        *(values.short(name) for name in shorts),
        values.contract_types("contract_types"),
        values.areas("areas"),
        values.short("client"),
        values.flag("is_pcd"),
        values.flag("needs_travel"),
    )
    return table, _first_of(
        no_id=pl.col("vacancy_id").is_null(),
        no_title=pl.col("title").is_null(),
        repeated=pl.int_range(pl.len()).over("vacancy_id") > 0,
    )


def _candidates(raw: pl.DataFrame, params: RecruitingParams) -> tuple[pl.DataFrame, pl.Expr]:
    table = raw.with_row_index("row").select(
        "row",
        values.identifier("candidate_id"),
        values.day("created_on", params.refine.first_year),
        values.short("title"),
        values.short("area"),
        values.text("skills_text"),
        values.text("certifications"),
        *(values.short(name) for name in ("level", "academic", "english", "spanish")),
        values.text("cv_text").str.slice(0, params.refine.longest_cv),
    )
    return table, _first_of(
        no_id=pl.col("candidate_id").is_null(), repeated=pl.int_range(pl.len()).over("candidate_id") > 0
    )


def _applications(raw: pl.DataFrame, params: RecruitingParams) -> tuple[pl.DataFrame, pl.Expr]:
    grades = params.grades.by_status
    table = raw.with_row_index("row").select(
        "row",
        values.identifier("candidate_id"),
        values.identifier("vacancy_id"),
        values.day("applied_on", params.refine.first_year),
        values.day("updated_on", params.refine.first_year),
        values.short("status"),
        values.title("vacancy_title"),
    )
    graded = pl.col("status").replace_strict(grades, default=None, return_dtype=pl.Int8).alias("grade")
    return table.with_columns(graded), _first_of(
        no_id=pl.col("candidate_id").is_null() | pl.col("vacancy_id").is_null(),
        no_date=pl.col("applied_on").is_null(),
        repeated=pl.int_range(pl.len()).over("candidate_id", "vacancy_id") > 0,
    )


def _first_of(**reasons: pl.Expr) -> pl.Expr:
    found = pl.lit(None, pl.String)
    for name, holds in reversed(reasons.items()):
        found = pl.when(holds).then(pl.lit(name)).otherwise(found)
    return found


def _whole(kept: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables under the refined columns, with a row for every candidate and vacancy that an application names."""
    pairs = kept["applications"]
    names = pairs.select("candidate_id").unique(maintain_order=True)
    titles = pairs.select("vacancy_id", title="vacancy_title").unique("vacancy_id", keep="first", maintain_order=True)
    candidates = _with_missing(kept["candidates"], names, "candidate_id")
    vacancies = _with_missing(kept["vacancies"], titles, "vacancy_id")
    lists = [pl.col(name).fill_null([]) for name in ("contract_types", "areas")]
    return {
        "vacancies": vacancies.with_columns(lists).select(list(columns.VACANCY_SCHEMA)).sort("vacancy_id"),
        "candidates": candidates.select(list(columns.CANDIDATE_SCHEMA)).sort("candidate_id"),
        "applications": pairs.select(list(columns.APPLICATION_SCHEMA)).sort("applied_on", "vacancy_id", "candidate_id"),
    }


def _with_missing(table: pl.DataFrame, named: pl.DataFrame, key: str) -> pl.DataFrame:
    return pl.concat([table, named.join(table, on=key, how="anti")], how="diagonal")


def _refuse_many(table: str, rejected: pl.DataFrame, rows: int, most: float) -> None:
    if rejected.height > most * rows:
        counts = rejected.group_by("reason").len().sort("reason").iter_rows()
        why = "; ".join(f"{count:,} rows: {REASONS[name]}" for name, count in counts)
        raise InputError(
            f"{rejected.height:,} of {rows:,} rows of {table} cannot be used: {why}.",
            fix="Correct the files, or raise refine.max_rejected when this is as it should be.",
        )


def _write(context: Context, tables: dict[str, pl.DataFrame], rejected: pl.DataFrame, stored: int) -> dict[str, Any]:
    with context.run.write("refined") as (folder, facts):
        for name, table in tables.items():
            table.write_parquet(folder / f"{name}.parquet")
        rejected.write_parquet(Path(folder) / columns.REJECTED)
        lost = rejected.group_by("table", "reason").len().sort("table", "reason").iter_rows()
        grades = tables["applications"].group_by("grade").len().sort("grade").iter_rows()
        facts |= {name: table.height for name, table in tables.items()}
        facts["rejected"] = {f"{table}: {REASONS[reason]}": count for table, reason, count in lost}
        facts["stored"] = stored
        facts["grades"] = {"undecided" if grade is None else str(grade): count for grade, count in grades}
    return dict(facts)
