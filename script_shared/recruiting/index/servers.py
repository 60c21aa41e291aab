"""The index server that the settings name, and the names of a release's indexes on it."""

from hashlib import blake2b
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from script_shared.errors import SettingsError
from script_shared.recruiting.index.base import Entry, IndexServer
from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.pgvector_server import PgvectorServer
from script_shared.recruiting.index.qdrant_http import QdrantHttp, QdrantServer
from script_shared.settings import Settings
from script_shared.storage.tables import tables_address
from script_shared.use_case_settings import variable

VARIABLE = variable("recruiting", "index_uri")
OWN_DATABASE = "database"
SIDES = ("candidates", "vacancies")
BATCH = 5_000  # vectors written at once


def index_server(settings: Settings, seconds: int = 0) -> IndexServer | None:
    """The server, None if the release's own index answers. This does not connect yet.

    Args:
        settings: ``PAUTA_RECRUITING_INDEX_URI`` and, if it names the own database, that of the tables.
        seconds: longest wait for an answer; 0 for no limit, for a bulk load.

    Raises:
        SettingsError: the address cannot be understood.
    """
    own = settings.of("recruiting").index_uri
    if own is None:
        return None
    address = own.get_secret_value()
    if address == OWN_DATABASE:
        address = tables_address(settings, "recruiting")
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise SettingsError(f"{VARIABLE} is not an address.", fix=_FIX) from error
    if parts.scheme in ("http", "https") and parts.hostname:
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return QdrantServer(QdrantHttp(place, unquote(parts.password or "") or None, seconds or 60))
    if parts.scheme.startswith("postgresql"):
        try:
            plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        except ArgumentError as error:
            raise SettingsError(f"{VARIABLE} is not an address of a database.", fix=_FIX) from error
        return PgvectorServer(plain, seconds)
    raise SettingsError(f"{VARIABLE} names neither PostgreSQL nor Qdrant.", fix=_FIX)


_FIX = f"Write {OWN_DATABASE!r} if the tables are in PostgreSQL, postgresql://… or http://…:6333."


def index_name(side: str, release: str, store: str) -> str:
    """The name of the index of a release's candidates or vacancies on a server that other installations may use.

    Args:
        side: ``candidates`` or ``vacancies``.
        release: version of the release.
        store: name of the release store; "" for one that has none, as in earlier versions.

    >>> index_name("candidates", "run-1", "0a1b2c3d"), index_name("candidates", "run-1", "")
    ('candidates_0a1b2c3d_e823d16b60f4', 'candidates_e823d16b60f4')
    """
    digest = blake2b(release.encode(), digest_size=6).hexdigest()
    return f"{side}_{store}_{digest}" if store else f"{side}_{digest}"


def is_of_store(name: str, store: str) -> bool:
    """Whether an index on a server belongs to a release store.

    Args:
        name: of the index.
        store: name of the release store; "" owns no name.

    >>> is_of_store("vacancies_0a1b2c3d_e823d16b60f4", "0a1b2c3d"), is_of_store("vacancies_e823d16b60f4", "")
    (True, False)
    """
    return bool(store) and name.startswith(tuple(f"{side}_{store}_" for side in SIDES))


def copy_index(own: ExactIndex, server: IndexServer, name: str, left_out: frozenset[str]) -> int:
    """Put a release's index on a server; returns its number of vectors there.

    Args:
        own: the release's index.
        server: where it is copied to, in batches of ``BATCH`` vectors.
        name: of the index on the server; one of that name is replaced.
        left_out: ids of people who were erased.

    Raises:
        UnavailableError: the server does not answer.
    """
    copy, count = server.make(name, own.width, own.encoder), 0
    part: list[Entry] = []
    for entry in own.entries():
        if entry.id not in left_out:
            part.append(entry)
        if len(part) == BATCH:
            copy.upsert(part, own.encoder)
            count, part = count + len(part), []
    if part:
        copy.upsert(part, own.encoder)
    copy.finish()
    return count + len(part)
