"""Dumps of a PostgreSQL database and their restore, by PostgreSQL's own programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from pipelines.backup.saved import TableFacts
from script_shared.errors import InputError, SettingsError, UnavailableError
from script_shared.storage.database_timeouts import connect_arguments

SCRATCH = "restore_trial_of_pauta"
MARK = "Made by Pauta to try a backup; the next trial removes it."
SECONDS = 5_400.0  # less than Airflow gives a task, so that the task itself says what was slow
_UNKNOWN_TO_THE_ENVIRONMENT = ("sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
_INSTALLED = Path("/usr/lib/postgresql")
_TABLES = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""
_FACTS = "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text FROM {} t"
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = :name"


def dump_postgresql(address: URL, target: Path) -> dict[str, TableFacts]:
    """Dump a database; the dump and the facts are from the same moment.

    Args:
        address: of the database.
        target: the file of the dump.

    Returns:
        facts of each table, by its name with its schema.

    Raises:
        SettingsError: there is no ``pg_dump`` for this server.
        UnavailableError: the server does not answer.
    """
    with _connection(address) as connection, connection.begin():
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        moment = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        _run("pg_dump", address, "--format=custom", f"--snapshot={moment}", f"--file={target}")
        return _table_facts(connection)


@contextmanager
def restore_postgresql(saved: Path, server: URL) -> Iterator[URL]:
    """A new database with the content of a dump; it is dropped afterwards.

    Args:
        saved: the file of the dump.
        server: any database of the server, as a role that may create databases.

    Raises:
        InputError: the dump is damaged.
        SettingsError: the role may not create databases, or the name of the scratch database is in use.
        UnavailableError: the server does not answer.
    """
    scratch = server.set(database=SCRATCH)
    _drop(server)
    _execute(server, f"CREATE DATABASE {SCRATCH}", f"COMMENT ON DATABASE {SCRATCH} IS '{MARK}'")
    try:
        # Only the owner of an extension may comment on it, and the role of a trial need not be its owner.
        _run("pg_restore", scratch, "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", str(saved))
        yield scratch
    finally:
        _drop(server)


def postgresql_facts(address: URL) -> dict[str, TableFacts]:
    """Rows and checksum of each table, by its name with its schema.

    Args:
        address: of the database.
    """
    with _connection(address) as connection, connection.begin():
        return _table_facts(connection)


def _table_facts(connection: Connection) -> dict[str, TableFacts]:
    for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO'", "extra_float_digits = 3", "bytea_output = 'hex'"):
        connection.execute(text(f"SET LOCAL {setting}"))
    names = [str(name) for name in connection.scalars(text(_TABLES))]
    found = ((name, connection.exec_driver_sql(_FACTS.format(name)).one()) for name in names)
    return {name: TableFacts(rows=rows, checksum=total) for name, (rows, total) in found}


def _drop(server: URL) -> None:
    """Drop the scratch database that an earlier trial made; nothing else is ever dropped."""
    with _connection(server) as connection, connection.begin():
        exists = connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": SCRATCH})
        comment = connection.scalar(text(_COMMENT), {"name": SCRATCH})
    if exists and comment != MARK:
        raise SettingsError(
            f"there is a database {SCRATCH} that no trial made.", fix="Rename it, or set PAUTA_BACKUP_TRIAL_URI."
        )
    _execute(server, f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def _execute(server: URL, *statements: str) -> None:
    with _connection(server) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            try:
                connection.exec_driver_sql(statement)
            except SQLAlchemyError as error:
                said = str(getattr(error, "orig", error)).strip()
                raise SettingsError(
                    f"the trial of a backup failed at {statement.split(' IS ')[0]} ({said}).",
                    fix=f"Let the role {server.username} create databases (ALTER ROLE … CREATEDB), or set "
                    "PAUTA_BACKUP_TRIAL_URI to a server where a role may.",
                ) from error


@contextmanager
def _connection(address: URL) -> Iterator[Connection]:
    engine = create_engine(address, hide_parameters=True, poolclass=NullPool, connect_args=connect_arguments(address))
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise UnavailableError(
            f"the database {address.database} of the backup is unreachable.",
            fix="Check PAUTA_EVENTS_URI and PAUTA_BACKUP_TRIAL_URI.",
            private=str(getattr(error, "orig", error)).partition("\n")[0],
        ) from error
    with closing(connection):
        yield connection


def _run(program: str, address: URL, *flags: str) -> None:
    """Run one of PostgreSQL's programs; the password travels in the environment, not in the arguments."""
    public, password = _split(address)
    command = [_path_of(program), "--no-password", f"--dbname={public}", *flags]
    environment = {**os.environ, "PGPASSWORD": password}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        kind = UnavailableError if program == "pg_dump" else InputError
        raise kind(f"{program} took more than {SECONDS:.0f} s.", fix="Look at the load of the server.") from None
    if done.returncode == 0:
        return
    said = done.stderr.strip().partition("\n")[0]
    if "server version mismatch" in done.stderr:
        versions = " ".join(re.findall(r"server version[^;]*;[^\n]*", done.stderr)[:1])
        raise SettingsError(
            f"{command[0]} is older than the server ({versions}).", fix="Install PostgreSQL's client of that version."
        )
    if program == "pg_dump":
        raise UnavailableError(f"pg_dump failed: {said}.", fix="Check PAUTA_EVENTS_URI and the disk of the backups.")
    raise InputError(f"the dump could not be restored: {said}.", fix="Use another backup, and check the disk.")


def _split(address: URL) -> tuple[str, str]:
    """The address as libpq reads it, without SQLAlchemy's driver and without the password, and the password."""
    if refused := [name for name in _UNKNOWN_TO_THE_ENVIRONMENT if name in address.query]:
        raise SettingsError(
            f"the address of the database holds {refused[0]}, which everybody on the machine would see in the "
            "arguments of pg_dump.",
            fix="Use a password, a file of passwords (passfile=…), or a key without a password (sslkey=…).",
        )
    given = address.normalized_query.get("password", (str(address.password or ""),))  # libpq prefers the query, too
    query = address.difference_update_query(["password"]).query
    # ``address.set(password=None)`` would leave the password as it is.
    public = URL.create("postgresql", address.username, None, address.host, address.port, address.database, query)
    return public.render_as_string(hide_password=False), given[-1]


def _path_of(program: str) -> str:
    """The newest of the installed versions: a client may be newer than its server, never older."""
    installed = sorted(_INSTALLED.glob(f"*/bin/{program}"), key=lambda path: int(path.parents[1].name))
    found = str(installed[-1]) if installed else shutil.which(program)
    if found is None:
        raise SettingsError(
            f"{program} is not installed here, and the log is on PostgreSQL.",
            fix="Install PostgreSQL's client (postgresql-client) of the server's version, or newer.",
        )
    return found


def url_of(uri: str) -> URL:
    """The parts of an address.

    Args:
        uri: an address of SQLAlchemy.

    Raises:
        SettingsError: it is not an address.
    """
    try:
        return make_url(uri)
    except SQLAlchemyError as error:
        raise SettingsError(f"{error}.", fix="Use sqlite:///… or postgresql+psycopg2://….") from error
