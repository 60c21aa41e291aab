"""No process waits for ever for a database that does not answer, or for a lost connection."""

import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.recruiting.index.pgvector import Database
from script_shared.storage.database_timeouts import LOST_SECONDS, POSTGRESQL, connect_arguments
from script_shared.storage.tables import TableConnection
from tests.patience import PATIENCE_SECONDS
from tests.servers import postgresql

ROOT = Path(__file__).parents[3]
OPENERS = re.compile(r"\b(create_engine|psycopg2\.connect|pymysql\.connect)\(")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts every connection and never sends a byte."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield int(server.getsockname()[1])


def use_log(address: str) -> None:
    EventLog(address).audit.newest()


def use_tables(address: str) -> None:
    with TableConnection(address, "students", lambda _: None).transaction():
        pass


def use_index(address: str) -> None:
    with Database(address.replace("+psycopg2", "")).cursor():
        pass


@pytest.mark.parametrize("use", [use_log, use_tables, use_index])
def test_a_server_that_never_answers_raises_an_error_in_time(use: Callable[[str], None], silent_port: int) -> None:
    address = f"postgresql+psycopg2://ana:secret@127.0.0.1:{silent_port}/x"
    pool = ThreadPoolExecutor(1)
    failure = pool.submit(use, address).exception(PATIENCE_SECONDS)
    pool.shutdown(wait=False)
    assert isinstance(failure, UnavailableError)
    assert "secret" not in f"{failure}{failure.log_text}"


def test_the_sockets_of_a_real_server_have_keepalives_and_a_timeout_for_lost_packets(tmp_path: Path) -> None:
    with postgresql(tmp_path) as address:
        index = Database(address.replace("+psycopg2", ""))
        tables = TableConnection(address, "students", lambda _: None)
        log = EventLog(address)
        with (
            index.cursor() as cursor,
            tables.engine.connect() as of_tables,
            log._store.engine.connect() as of_log,
        ):
            for opened in (cursor.connection, of_tables.connection, of_log.connection):
                with socket.fromfd(opened.fileno(), socket.AF_INET, socket.SOCK_STREAM) as found:
                    assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                    assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 1000 * LOST_SECONDS
                    assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == POSTGRESQL["keepalives_idle"]
        index.close()
        tables.engine.dispose()
        log.close()


def test_a_parameter_in_the_address_has_priority() -> None:
    found = connect_arguments(make_url("postgresql+psycopg2://db/x?keepalives_idle=60&connect_timeout=9"))
    assert set(found) == set(POSTGRESQL) - {"keepalives_idle", "connect_timeout"}
    assert connect_arguments(make_url("mysql+pymysql://db/x"))["read_timeout"] > 0
    assert connect_arguments(make_url("sqlite:////x.db")) == {"timeout": 10}


def test_every_place_that_connects_uses_these_timeouts() -> None:
    files = [path for name in ("app", "pipelines", "script_shared") for path in (ROOT / name).rglob("*.py")]
    connects = {path for path in files if OPENERS.search(path.read_text(encoding="utf-8"))}
    assert len(connects) == 4
    assert all("script_shared.storage.database_timeouts" in path.read_text(encoding="utf-8") for path in connects)
