"""Which databases a backup holds: that of the log, and those of use cases that have one of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.backup.postgresql_dump import dump_postgresql, postgresql_facts, restore_postgresql, url_of
from pipelines.backup.saved import SavedDatabase, TableFacts
from pipelines.backup.sqlite_copy import copy_sqlite, restore_sqlite, sqlite_facts
from script_shared.addresses import sqlite_address, sqlite_file
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.storage.local import digest_file
from script_shared.storage.tables import tables_address
from script_shared.use_cases import entries


@dataclass(frozen=True)
class Database:
    """A database of this installation: ``name`` is the name of its file in a backup, without the suffix."""

    name: str
    address: str
    holds_log: bool


def databases_of(settings: Settings) -> tuple[list[Database], list[str]]:
    """The databases of an installation.

    Args:
        settings: the address of the log, and of use cases with tables of their own.

    Returns:
        the databases that exist and can be saved, each once, and sentences about the others.
    """
    found: dict[str, Database] = {settings.events_address: Database("events", settings.events_address, holds_log=True)}
    for name in entries(settings.use_cases):
        found.setdefault(address := tables_address(settings, name), Database(name, address, holds_log=False))
    saved, left_out = [], []
    for database in found.values():
        kind, file = url_of(database.address).get_backend_name(), sqlite_file(database.address)
        if kind not in ("sqlite", "postgresql"):
            left_out.append(f"The tables of {database.name} are in {kind}, and Pauta makes no backup of {kind}.")
        elif file is None or file.is_file():
            saved.append(database)
    return saved, left_out


def save_database(database: Database, folder: Path) -> SavedDatabase:
    """Copy a database into a backup.

    Args:
        database: of this installation.
        folder: of the backup.
    """
    (folder / "databases").mkdir(exist_ok=True)
    file = sqlite_file(database.address)
    kind, ending = ("sqlite", "db") if file is not None else ("postgresql", "dump")
    target = folder / "databases" / f"{database.name}.{ending}"
    tables = copy_sqlite(file, target) if file is not None else dump_postgresql(url_of(database.address), target)
    return SavedDatabase(
        kind=kind,
        file=target.relative_to(folder).as_posix(),
        sha256=digest_file(target).sha256,
        tables=tables,
        holds_log=database.holds_log,
    )


@contextmanager
def restore_database(settings: Settings, saved: SavedDatabase, folder: Path, scratch: Path) -> Iterator[str]:
    """A database restored into a scratch place; yields its address.

    Args:
        settings: have the address of the server for trials.
        saved: the database.
        folder: of the backup.
        scratch: folder for files.

    Raises:
        SettingsError: the backup has a PostgreSQL dump, and there is no server to restore it on.
    """
    file = folder / saved.file
    if saved.kind == "sqlite":
        with restore_sqlite(file, scratch) as copy:
            yield sqlite_address(copy)
        return
    given = settings.backup_trial_uri
    server = url_of(given.get_secret_value() if given is not None else _server_of(settings))
    with restore_postgresql(file, server) as address:
        yield address.render_as_string(hide_password=False)


def facts_of(address: str) -> dict[str, TableFacts]:
    """Rows and checksum of each table of a restored database, by name.

    Args:
        address: in the form of SQLAlchemy.
    """
    file = sqlite_file(address)
    return sqlite_facts(file) if file is not None else postgresql_facts(url_of(address))


def _server_of(settings: Settings) -> str:
    """The default server of trials: the first PostgreSQL that this installation uses."""
    databases, _ = databases_of(settings)
    address = next((each.address for each in databases if sqlite_file(each.address) is None), None)
    if address is None:
        raise SettingsError(
            "the backup holds a dump of PostgreSQL, and this installation has no PostgreSQL server to restore it on.",
            fix="Set PAUTA_BACKUP_TRIAL_URI to a server where a role may create databases.",
        )
    return address
