"""Queries and changes of single entries, in a transaction of the log."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import Connection, func, select

from script_shared.events.database.rows import row_of
from script_shared.events.database.schema import ENTRIES
from script_shared.events.entry import Entry, Kind


def append_about(connection: Connection, entry_id: str, entries: Sequence[Entry]) -> bool:
    """Write entries that delete or replace an entry, all or none; returns whether they were written.

    They are not written if that entry was erased meanwhile, or if the log has one of their ids, because another
    deletion or correction was first. The transaction holds the lock of the log.
    """
    about = ENTRIES.c.entry_id == entry_id
    same = ENTRIES.c.entry_id.in_([entry.entry_id for entry in entries])
    count = select(func.count()).select_from(ENTRIES)
    if not connection.scalar(count.where(about)) or connection.scalar(count.where(same)):
        return False
    connection.execute(ENTRIES.insert(), [row_of(entry) for entry in entries])
    return True


def head_fingerprint(connection: Connection, kinds: Collection[Kind]) -> tuple[int, str]:
    """The last number of these kinds, 0 for none, and a text that changes with the stored entries of these kinds."""
    of_kinds = select(ENTRIES.c.seq, ENTRIES.c.entry_id).where(ENTRIES.c.kind.in_([int(kind) for kind in kinds]))
    first = connection.execute(of_kinds.order_by(ENTRIES.c.seq).limit(1)).first()
    last = connection.execute(of_kinds.order_by(ENTRIES.c.seq.desc()).limit(1)).first()
    ends = "" if first is None or last is None else f"{first.seq} {first.entry_id} {last.seq} {last.entry_id}"
    return (last.seq if last else 0), sha256(ends.encode()).hexdigest()[:16]


def first_of_each(entries: Sequence[Entry], new: set[str]) -> list[bool]:
    """True for the first entry of every id in ``new``; an id that was sent twice at once is new once."""
    left, flags = set(new), []
    for entry in entries:
        flags.append(entry.entry_id in left)
        left.discard(entry.entry_id)
    return flags
