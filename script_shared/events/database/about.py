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

    Args:
        connection: in a transaction that holds the lock of the log.
        entry_id: of the entry that is deleted or replaced.
        entries: what to write, such as a deletion, or a correction with its new entry; not empty.
    """
    about = ENTRIES.c.entry_id == entry_id
    same = ENTRIES.c.entry_id.in_([entry.entry_id for entry in entries])
    count = select(func.count()).select_from(ENTRIES)
    if not connection.scalar(count.where(about)) or connection.scalar(count.where(same)):
        return False
    connection.execute(ENTRIES.insert(), [row_of(entry) for entry in entries])
    return True


def head_fingerprint(connection: Connection, kinds: Collection[Kind]) -> tuple[int, str]:
    """The last number of these kinds, 0 for none, and a text that changes with the stored entries of these kinds.

    Args:
        connection: to the database of the log.
        kinds: the kinds of entries that count.

    Returns:
        the number (``seq``) of the last entry, and 16 hex characters that depend on the first and the last one. Two
        logs with equal pairs are taken to hold the same entries of these kinds.
    """
    of_kinds = select(ENTRIES.c.seq, ENTRIES.c.entry_id).where(ENTRIES.c.kind.in_([int(kind) for kind in kinds]))
    first = connection.execute(of_kinds.order_by(ENTRIES.c.seq).limit(1)).first()
    last = connection.execute(of_kinds.order_by(ENTRIES.c.seq.desc()).limit(1)).first()
    ends = "" if first is None or last is None else f"{first.seq} {first.entry_id} {last.seq} {last.entry_id}"
    return (last.seq if last else 0), sha256(ends.encode()).hexdigest()[:16]


def first_of_each(entries: Sequence[Entry], new: set[str]) -> list[bool]:
    """True for the first entry of every id in ``new``; an id that was sent twice at once is new once.

    Args:
        entries: as they were sent, in order.
        new: ids that the log does not have yet.

    Returns:
        one flag per entry, in the same order.
    """
    left, flags = set(new), []
    for entry in entries:
        flags.append(entry.entry_id in left)
        left.discard(entry.entry_id)
    return flags
