"""Entries as rows of the log's table."""

from typing import Any

from sqlalchemy import Row

from script_shared.events.entry import Entry, Kind


def row_of(entry: Entry) -> dict[str, Any]:
    """The columns of an entry; the log gives the number.

    Args:
        entry: an entry; its ``seq`` is not used.

    Returns:
        values by the columns of ``ENTRIES``.
    """
    return {
        "entry_id": entry.entry_id,
        "kind": int(entry.kind),
        "time_ms": entry.time_ms,
        "user_id": entry.user_id,
        "article_id": entry.article_id,
        "body": entry.body,
    }


def entry_of(row: Row[Any]) -> Entry:
    """The entry in a row, of a kind that this version knows.

    Args:
        row: all columns of a row of ``ENTRIES``.

    Raises:
        ValueError: the kind is of a later version.
    """
    return Entry(row.entry_id, Kind(row.kind), row.time_ms, row.user_id, row.article_id, row.body, row.seq)
