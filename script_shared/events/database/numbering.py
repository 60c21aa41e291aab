"""The numbers of the log's entries: the last one given, and where the next ones begin."""

from sqlalchemy import Connection, text

from script_shared.events.database.schema import ENTRIES

_TABLE = {"table": ENTRIES.name}
_SEQUENCE = "pg_get_serial_sequence(:table, 'seq')::regclass"


def last_number(connection: Connection) -> int:
    """The last number that the log gave to an entry, also where that entry was deleted since; 0 for none."""
    if connection.dialect.name == "sqlite":
        query = "SELECT seq FROM sqlite_sequence WHERE name = :table"
    else:
        query = f"SELECT pg_sequence_last_value({_SEQUENCE})"
    return int(connection.scalar(text(query), _TABLE) or 0)


def raise_numbers(connection: Connection, number: int) -> None:
    """Give only numbers above this one from now on; the caller holds the log's lock."""
    values = {**_TABLE, "number": number}
    if connection.dialect.name != "sqlite":
        known = f"coalesce(pg_sequence_last_value({_SEQUENCE}), 0)"
        connection.execute(text(f"SELECT setval({_SEQUENCE}, greatest(:number, {known}))"), values)
    elif (
        connection.execute(
            text("UPDATE sqlite_sequence SET seq = max(seq, :number) WHERE name = :table"), values
        ).rowcount
        == 0
    ):
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :number)"), values)
