"""Who has to be erased again after a restore by hand: the log of a backup does not know later erasures."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from script_shared.errors import InputError, UnavailableError
from script_shared.events import Kind
from script_shared.events.address import engine_of, log_exists
from script_shared.events.database.schema import ENTRIES, SERVED
from script_shared.events.entry import user_digest
from script_shared.events.person import session_name


def erased_later(restored: str, newer: str) -> list[str]:
    """The users and visits that a restored log holds, though a newer log says that they were erased.

    Args:
        restored: address of the log as restored.
        newer: address of the log before the restore.

    Returns:
        names in order, visits as ``session <id>``.

    Raises:
        InputError: there is no log at one of the addresses.
        UnavailableError: one of them cannot be read.
    """
    with _reading(newer) as connection:
        erased = _erasures(connection)
    with _reading(restored) as connection:
        known = _erasures(connection).keys()
        later = {digest for entry, digest in erased.items() if entry not in known}
        return sorted({name for name in _names(connection) if user_digest(name) in later})


@contextmanager
def _reading(address: str) -> Iterator[Connection]:
    if not log_exists(address):
        raise InputError("there is no log at one of the addresses.", fix="Write sqlite:////folder/events.db.")
    engine = engine_of(address)
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise UnavailableError("one of the logs cannot be read.", fix="Check both addresses.") from error
    finally:
        engine.dispose()


def _erasures(connection: Connection) -> dict[str, str]:
    """Digests of erased people by the ids of their entries."""
    query = select(ENTRIES.c.entry_id, ENTRIES.c.body).where(ENTRIES.c.kind == int(Kind.ERASE))
    return {row.entry_id: row.body["digest"] for row in connection.execute(query)}


def _names(connection: Connection) -> Iterator[str]:
    """Users, and visits as ``session <id>``, in clicks and in served lists; some of them more than once."""
    for users in (ENTRIES.c.user_id, SERVED.c.user_id):
        yield from filter(None, connection.scalars(select(users).distinct()))
    for sessions in (ENTRIES.c.body["session"].as_string(), SERVED.c.session):
        yield from map(session_name, filter(None, connection.scalars(select(sessions).distinct())))
