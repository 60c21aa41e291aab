"""Raw tables: texts under the names of the refined columns, which every source writes."""

import hashlib
from pathlib import Path

import polars as pl

from pipelines.recruiting.tables.columns import APPLICATION_SCHEMA, CANDIDATE_SCHEMA, VACANCY_SCHEMA
from script_shared.errors import InputError
from script_shared.recruiting.refused import refuse_leaks

FOLDER = "raw"
CLIENT_DIGITS = 12
COLUMNS = {  # by table; a grade is made of the status, and a vacancy that has no record has its title here
    "vacancies": tuple(VACANCY_SCHEMA),
    "candidates": tuple(CANDIDATE_SCHEMA),
    "applications": (*(name for name in APPLICATION_SCHEMA if name != "grade"), "vacancy_title"),
}
NEEDED = {
    "vacancies": ("vacancy_id", "title"),
    "candidates": ("candidate_id",),
    "applications": ("candidate_id", "vacancy_id", "applied_on"),
}


def write_raw(folder: Path, table: str, frame: pl.DataFrame) -> None:
    """Write a raw table; columns that are missing are empty, and clients become pseudonyms.

    Args:
        folder: of the step landing.
        table: ``vacancies``, ``candidates`` or ``applications``.
        frame: one row per record; all columns become texts.

    Raises:
        InputError: a column is refused, or one that is needed is missing, or the table is empty.
    """
    refuse_leaks(frame.columns)
    if missing := [name for name in NEEDED[table] if name not in frame.columns]:
        raise InputError(
            f"{table}: columns are missing: {', '.join(missing)}.", fix="Map them, see docs/recruiting.md."
        )
    if not frame.height:
        raise InputError(f"{table}: there are no rows.", fix="Check the files.")
    texts = [
        (pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, pl.String)).alias(name)
        for name in COLUMNS[table]
    ]
    (folder / FOLDER).mkdir(exist_ok=True)
    shown = frame.select(texts)
    if "client" in shown.columns:
        name = pl.col("client").str.strip_chars()
        named = pl.when(name.str.len_chars() > 1).then(name)
        shown = shown.with_columns(named.map_elements(_pseudonym, return_dtype=pl.String).alias("client"))
    shown.write_parquet(file_of(folder, table))


def _pseudonym(client: str) -> str:
    """A client's name as digits that do not show it; the same name has the same ones in every run."""
    return hashlib.blake2b(
        client.casefold().encode(), digest_size=CLIENT_DIGITS // 2, person=b"pauta-client"
    ).hexdigest()


def file_of(folder: Path, table: str) -> Path:
    """Where a raw table is in a landing.

    Args:
        folder: of the step landing.
        table: ``vacancies``, ``candidates`` or ``applications``.
    """
    return folder / FOLDER / f"{table}.parquet"


def read_raw(folder: Path, table: str) -> pl.DataFrame:
    """A raw table of a landing.

    Args:
        folder: of the step landing.
        table: ``vacancies``, ``candidates`` or ``applications``.

    Returns:
        String columns, those of ``COLUMNS[table]``; null for an empty cell.
    """
    return pl.read_parquet(file_of(folder, table), glob=False)
