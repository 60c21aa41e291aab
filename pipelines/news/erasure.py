"""Erased readers leave the runs that were made before they were erased, and are found in releases."""

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import FOLDER as EVENTS
from pipelines.news.refine.clean import clean_id
from pipelines.news.sources.links import sizes
from pipelines.news.tables import table_path
from pipelines.runs import MANIFEST, Run, remove
from script_shared.arrays import IdIndex
from script_shared.events import Erased
from script_shared.releases import Releases

DONE = "erased_until"  # in a manifest: number of the last erasure that the folder has followed
MADE_OF_READERS = ("trained", "assembled", "ranked", "refitted")  # hold readers by row; made again by their steps


def erase_from_runs(runs: Iterable[Run], erased: Erased, until: int) -> dict[str, Any]:
    """Take erased readers out of finished runs.

    Returns:
        ``erased_from_runs`` (readers by run); ``erased_unreadable`` where a file of a run cannot be read, such as one
        that refine refused: these runs go with their age, or by hand.
    """
    found: dict[str, int] = {}
    unreadable = []
    for run in runs:
        try:
            if count := erase_from_run(run, erased, until):
                found[run.run_id] = count
        except (pl.exceptions.PolarsError, OSError) as error:
            unreadable.append(f"{run.run_id}: {str(error).splitlines()[0]}")
    return {"erased_from_runs": found, **({"erased_unreadable": unreadable} if unreadable else {})}


def erase_from_run(run: Run, erased: Erased, until: int) -> int:
    """Take erased readers out of a finished run; gives how many the refined tables or the raw files held.

    Raw files are written anew without their rows. In the refined tables their interactions go and their row keeps a
    random name, so that the numbers of all others stay. What was trained and assembled from these tables is removed.

    Args:
        until: number of the last erasure; a run that has followed it is left alone.
    """
    raw, refined = (_behind(run, step, until) for step in ("raw", "refined"))
    found = 0
    if raw:
        found = _clean_raw(raw, erased)
        _note(raw, until, raw=True)
    if refined:
        if held := _held_in_refined(refined, erased):
            for name in MADE_OF_READERS:  # first, so that who is killed here finds the reader again
                remove(run.folder(name))
            _clean_refined(refined, erased)
        _note(refined, until, raw=False)
        found = max(found, held)
    return found


def _behind(run: Run, step: str, until: int) -> Path | None:
    """The folder of a finished step that has not followed the last erasure yet."""
    return run.folder(step) if run.complete(step) and run.facts(step).get(DONE, 0) < until else None


def _clean_raw(folder: Path, erased: Erased) -> int:
    gone: set[str] = set()
    for file, column in _files_of_readers(folder):
        rows = _rows(file)
        ids = rows.select(pl.col(column).unique()).collect()[column]
        named = pl.DataFrame({column: ids.cast(pl.String)}).select(clean_id(column).fill_null(""))[column]
        held = ids.filter(pl.Series(erased.among(named), dtype=pl.Boolean))
        if len(held):
            _replace(file, rows.filter(~pl.col(column).is_in(held.implode())))
            gone.update(held.cast(pl.String))
    return len(gone)


def _files_of_readers(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files with a column of reader ids, and its name."""
    for file in sorted([*folder.rglob("*.csv"), *folder.rglob("*.parquet")]):
        names = _rows(file).collect_schema().names()
        for column in (c.RAW_USER, c.USER_ID):
            if column in names:
                yield file, column


def _rows(file: Path) -> pl.LazyFrame:
    if file.suffix == ".csv":
        return pl.scan_csv(file, infer_schema=False, empty_string_is_null=False, glob=False)
    return pl.scan_parquet(file, glob=False)


def _replace(file: Path, rows: pl.LazyFrame) -> None:
    """Write the file anew; another name of the old one, in another run or at its source, keeps what it had."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        if file.suffix == ".csv":
            rows.sink_csv(new)
        else:
            rows.sink_parquet(new)
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)


def _held_in_refined(folder: Path, erased: Erased) -> int:
    """How many erased readers the tables hold, kept or rejected."""
    users, rejected = (_scan_table(folder, name).select(c.USER_ID).collect() for name in ("users", "rejected"))
    ids = pl.concat([users, rejected])[c.USER_ID].drop_nulls().unique()
    return int(erased.among(ids).sum())


def _clean_refined(folder: Path, erased: Erased) -> None:
    """Rewrite the tables; that of the users last, because it tells who is still to be taken out of the others."""
    users = _scan_table(folder, "users").collect()
    gone = pl.Series(erased.among(users[c.USER_ID]), dtype=pl.Boolean)
    rejected = _scan_table(folder, "rejected").collect()
    kept = ~pl.Series(erased.among(rejected[c.USER_ID].fill_null("")), dtype=pl.Boolean)
    rows = users.filter(gone)[c.USER].implode()
    _replace(table_path(folder, "rejected"), rejected.filter(kept).lazy())
    for name in ("interactions", "validation"):
        if table_path(folder, name).is_file():
            _replace(table_path(folder, name), _scan_table(folder, name).filter(~pl.col(c.USER).is_in(rows)))
    _replace(table_path(folder, "users"), _nameless(users, gone).lazy())


def _scan_table(folder: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(table_path(folder, name), glob=False)


def _nameless(users: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    names = pl.Series([f"erased-{secrets.token_hex(8)}" if one else None for one in gone], dtype=pl.String)
    return users.with_columns(
        pl.coalesce(names, c.USER_ID).alias(c.USER_ID),
        pl.when(gone).then(pl.lit(c.NOT_LOGGED)).otherwise(c.USER_TYPE).alias(c.USER_TYPE),
        pl.when(gone).then(0).otherwise(c.READS).cast(pl.UInt32).alias(c.READS),
    )


def _note(folder: Path, until: int, *, raw: bool) -> None:
    """Keep in the manifest what was done, and the time at which the step ended."""
    manifest = folder / MANIFEST
    facts, times = json.loads(manifest.read_text()), manifest.stat()
    facts[DONE] = until
    if raw:
        facts["files"] = sizes(folder, without=EVENTS)
        facts["events_files"] = sizes(folder, within=EVENTS)
    new = manifest.with_name(f".{MANIFEST}.{secrets.token_hex(4)}")
    new.write_text(json.dumps(facts, indent=2))
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    os.replace(new, manifest)


def releases_holding(releases: Releases, erased: Erased) -> dict[str, int]:
    """How many erased readers each release holds, those that hold none left out; nothing is served of them.

    Raises:
        ReleaseError: a release is damaged.
    """
    found: dict[str, int] = {}
    for manifest in releases.list() if erased else []:
        ids = IdIndex.load(releases.fetch(manifest.version) / "readers", "ids").ids.tolist()
        if count := int(erased.among(ids).sum()):
            found[manifest.version] = count
    return found
