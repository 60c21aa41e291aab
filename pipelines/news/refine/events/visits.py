"""Assigns a visit's reads to the user who was seen in it, by the rule of the live state."""

from pathlib import Path

import polars as pl

from pipelines.news import columns as c
from pipelines.news.event_parts import SEQ
from pipelines.news.refine.rows.label_codes import session_numbers
from pipelines.news.tables import SHARED, VISIT, check, table_path
from script_shared.events import ErasedUsers
from script_shared.events.entry import user_digest
from script_shared.events.person import session_name

OF_VISIT = "of_visit"  # whether a click names no user, but counts for the visit's user
_OWNER = "owner"


def logins_of(clicks: pl.DataFrame, logins: pl.DataFrame) -> pl.DataFrame:
    """seq, session and user_id of every entry that shows a user in a visit, in the log's order.

    Args:
        clicks: seq, user_id, session ("" for none), others.
        logins: seq, session, user_id of the log's logins.

    Returns:
        seq, session, user_id.
    """
    both = clicks.filter((pl.col(c.USER_ID) != "") & (pl.col(c.SESSION) != ""))
    columns = [SEQ, c.SESSION, c.USER_ID]
    return pl.concat([both.select(columns), logins.select(columns)]).sort(SEQ)


def shared_logins(logins: pl.DataFrame) -> pl.DataFrame:
    """The logins of visits in which several users were seen.

    A release knows only the last user of a visit, so it needs these to find the user of an earlier click without one.

    Args:
        logins: see ``logins_of``.

    Returns:
        seq.
    """
    return logins.filter(_is_shared().over(c.SESSION)).select(SEQ)


def _is_shared() -> pl.Expr:
    return pl.col(c.USER_ID).n_unique() > 1


def with_names(clicks: pl.DataFrame, logins: pl.DataFrame) -> pl.DataFrame:
    """The clicks with names as ``user_id`` and ``of_visit``, in the order given.

    The name is the user, else the visit's user, else the visit.

    A visit is the first user's up to the next login, then that one's. A user who was erased and came back is "" here.

    Args:
        clicks: seq, user_id, session ("" for none), others.
        logins: see ``logins_of``.

    Returns:
        the columns of ``clicks``, with ``user_id`` replaced, and Boolean ``of_visit``: whether the name is the visit's.
    """
    users = logins.rename({c.USER_ID: _OWNER}).select(c.SESSION, SEQ, _OWNER)
    first = users.group_by(c.SESSION, maintain_order=True).agg(pl.col(_OWNER).first().alias("first"))
    by_number = clicks.with_row_index("row").sort(SEQ)
    found = by_number.join_asof(users, on=SEQ, by=c.SESSION, check_sortedness=False).join(
        first, on=c.SESSION, how="left"
    )
    visit = pl.when(pl.col(c.SESSION) != "").then(pl.lit(session_name("-")[:-1]) + pl.col(c.SESSION))
    user = pl.when(pl.col(c.USER_ID) != "").then(c.USER_ID)
    named = found.with_columns(
        pl.coalesce(user, _OWNER, "first", visit, pl.lit("")).alias(c.USER_ID),
        (user.is_null() & pl.col("first").is_not_null()).alias(OF_VISIT),
    )
    return named.sort("row").drop("row", _OWNER, "first")


def without_erased_names(clicks: pl.DataFrame, erased: ErasedUsers) -> pl.DataFrame:
    """The clicks without those of erased people, including a visit's clicks without its erased user."""
    names = clicks[c.USER_ID].unique()
    gone = names.filter(pl.Series(erased.among(names), dtype=pl.Boolean))
    of_erased = (pl.col(c.USER_ID) == "") & (pl.col(c.SESSION) != "")
    return clicks.filter(~pl.col(c.USER_ID).is_in(gone.implode()) & ~of_erased)


def write_visits(folder: Path, logins: pl.DataFrame, erased: ErasedUsers, run_id: str) -> None:
    """Write the table of visits: the digest of each that has a user, its last user and its number in interactions.

    The number finds the visit's reads when it is erased later; it is null where the visit was erased before them.
    A visit is shared where several users were seen in it.

    Args:
        folder: of the refined run.
        logins: see ``logins_of``.
        erased: who was erased.
        run_id: for messages.
    """
    last = logins.group_by(c.SESSION, maintain_order=True).agg(
        pl.col(SEQ, c.USER_ID).last(), _is_shared().alias(SHARED)
    )
    last = last.sort(SEQ)
    last = last.filter(~pl.Series(erased.among(last[c.USER_ID]), dtype=pl.Boolean) & (pl.col(c.USER_ID) != ""))
    names = [session_name(session) for session in last[c.SESSION]]
    again = pl.Series(erased.among(names), dtype=pl.Boolean)
    table = last.select(
        pl.Series(VISIT, map(user_digest, names), dtype=pl.String),
        c.USER_ID,
        pl.when(~again).then(session_numbers(last[c.SESSION])).alias(c.SESSION),
        SHARED,
    )
    check("visits", table, run_id)
    table.write_parquet(table_path(folder, "visits"))
