"""ErasedUsers users leave the runs that were made before they were erased, and are found in releases."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import FOLDER as EVENTS
from pipelines.news.raw.texts import clean_id
from pipelines.news.tables import VISIT, table_path
from pipelines.raw_files.links import sizes
from pipelines.runs import MANIFEST, Run, remove
from script_shared.arrays import IdIndex
from script_shared.events import ErasedUsers
from script_shared.events.person import session_name
from script_shared.releases import Releases

DONE = "erased_until"  # in a manifest: number of the last erasure that the folder has followed
MADE_OF_READERS = ("trained", "assembled", "ranked", "refitted")  # hold users by row; made again by their steps


def erase_from_runs(runs: Iterable[Run], erased: ErasedUsers, until: int) -> dict[str, Any]:
    """Take erased users out of finished runs.

    Returns:
        ``erased_from_runs`` (users by run); ``erased_unreadable`` where a file of a run cannot be read, such as one
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


def erase_from_run(run: Run, erased: ErasedUsers, until: int) -> int:
    """Take erased users out of a finished run; gives how many the refined tables or the raw files held.

    Raw files are rewritten without their rows. In the refined tables their interactions go and their row keeps a
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
            for name in MADE_OF_READERS:  # first, so that who is killed here finds the user again
                remove(run.place(name))
            _clean_refined(refined, erased)
        _note(refined, until, raw=False)
        found = max(found, held)
    return found


def _behind(run: Run, step: str, until: int) -> Path | None:
    """The folder of a finished step that has not followed the last erasure yet."""
    return run.folder(step) if run.complete(step) and run.facts(step).get(DONE, 0) < until else None


def _clean_raw(folder: Path, erased: ErasedUsers) -> int:
    gone: set[str] = set()
    for file in sorted([*folder.rglob("*.csv"), *folder.rglob("*.parquet")]):
        for name in _names_in(file):
            rows = _rows(file)
            ids = rows.select(name.unique().alias("name")).collect()["name"].drop_nulls()
            held = ids.filter(pl.Series(erased.among(ids), dtype=pl.Boolean))
            if len(held):
                _replace(file, rows.filter(name.is_in(held.implode()).not_().fill_null(True)))
                gone.update(held)
    return len(gone)


def _names_in(file: Path) -> list[pl.Expr]:
    """The names of people in the rows of a file: a user's id, and the name of a visit, which may have a user too."""
    columns = _rows(file).collect_schema().names()
    names = [
        clean_id(pl.col(column).cast(pl.String)) for column in (c.RAW_USER, c.USER_ID, c.SITE_USER) if column in columns
    ]
    if c.SESSION in columns:
        names.append(pl.lit(session_name("-")[:-1]) + clean_id(pl.col(c.SESSION).cast(pl.String)))
    return names


def _rows(file: Path) -> pl.LazyFrame:
    if file.suffix == ".csv":
        return pl.scan_csv(file, infer_schema=False, empty_string_is_null=False, glob=False)
    return pl.scan_parquet(file, glob=False)


def _replace(file: Path, rows: pl.LazyFrame) -> None:
    """Rewrite the file; other hard links to the old one, in another run or at its source, keep its content."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        if file.suffix == ".csv":
            rows.sink_csv(new)
        else:
            rows.sink_parquet(new)
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)


def _held_in_refined(folder: Path, erased: ErasedUsers) -> int:
    """Number of erased users and visits in the tables, kept or rejected."""
    users, rejected = (_scan_table(folder, name).select(c.USER_ID).collect() for name in ("users", "rejected"))
    ids = pl.concat([users, rejected])[c.USER_ID].drop_nulls().unique()
    return int(erased.among(ids).sum()) + _erased_visits(folder, erased).height


def _erased_visits(folder: Path, erased: ErasedUsers) -> pl.DataFrame:
    """Number of the user and of the session of visits with a user that were erased without the user."""
    users = _scan_table(folder, "users").select(c.USER, c.USER_ID)
    visits = _visits(folder).filter(pl.col(VISIT).is_in(list(erased.digests)), pl.col(c.SESSION).is_not_null())
    return visits.join(users, on=c.USER_ID).select(c.USER, c.SESSION).collect()


def _visits(folder: Path) -> pl.LazyFrame:
    """The table of visits; runs of before have none."""
    if table_path(folder, "visits").is_file():
        return _scan_table(folder, "visits")
    return pl.LazyFrame(schema={VISIT: pl.String, c.USER_ID: pl.String, c.SESSION: pl.Int64})


def _clean_refined(folder: Path, erased: ErasedUsers) -> None:
    """Rewrite the tables; those that tell who is still to be taken out of the others last."""
    users = _scan_table(folder, "users").collect()
    gone = pl.Series(erased.among(users[c.USER_ID]), dtype=pl.Boolean)
    rejected = _scan_table(folder, "rejected").collect()
    kept = ~pl.Series(erased.among(rejected[c.USER_ID].fill_null("")), dtype=pl.Boolean)
    rows = users.filter(gone)[c.USER].implode()
    _replace(table_path(folder, "rejected"), rejected.filter(kept).lazy())
    for name in ("interactions", "validation"):
        if table_path(folder, name).is_file():
            left = _scan_table(folder, name).filter(~pl.col(c.USER).is_in(rows))
            if name == "interactions":
                left = left.join(
                    _erased_visits(folder, erased).lazy(), on=[c.USER, c.SESSION], how="anti", maintain_order="left"
                )
            _replace(table_path(folder, name), left)
    _clean_visits(folder, erased)
    _replace(table_path(folder, "users"), _recount(folder, _nameless(users, gone)).lazy())


def _clean_visits(folder: Path, erased: ErasedUsers) -> None:
    visits = _visits(folder).collect()
    gone = pl.Series(erased.among(visits[c.USER_ID]), dtype=pl.Boolean)
    kept = visits.filter(~gone & ~(pl.col(VISIT).is_in(list(erased.digests)) & pl.col(c.SESSION).is_not_null()))
    if kept.height < visits.height:
        _replace(table_path(folder, "visits"), kept.lazy())


def _scan_table(folder: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(table_path(folder, name), glob=False)


def _nameless(users: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    names = pl.Series([f"erased-{secrets.token_hex(8)}" if one else None for one in gone], dtype=pl.String)
    return users.with_columns(
        pl.coalesce(names, c.USER_ID).alias(c.USER_ID),
        pl.when(gone).then(pl.lit(c.NOT_LOGGED)).otherwise(c.USER_TYPE).alias(c.USER_TYPE),
    )


def _recount(folder: Path, users: pl.DataFrame) -> pl.DataFrame:
    """The users with the number of reads that are left."""
    counts = _scan_table(folder, "interactions").group_by(c.USER).agg(pl.len().cast(pl.UInt32).alias("left")).collect()
    joined = users.join(counts, on=c.USER, how="left", maintain_order="left")
    return joined.with_columns(pl.col("left").fill_null(0).alias(c.READS)).drop("left")


def _note(folder: Path, until: int, *, raw: bool) -> None:
    """Record the erasure in the manifest, and keep the time at which the step ended."""
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


def releases_holding(releases: Releases, erased: ErasedUsers) -> dict[str, int]:
    """Number of erased users in each release that has some; they are not served.

    Args:
        releases: of news.
        erased: who was erased.

    Returns:
        number of users by version.

    Raises:
        ReleaseError: a release is damaged.
    """
    found: dict[str, int] = {}
    for manifest in releases.list() if erased else []:
        ids = IdIndex.load(releases.fetch(manifest.version) / "readers", "ids").ids.tolist()
        if count := int(erased.among(ids).sum()):
            found[manifest.version] = count
    return found
