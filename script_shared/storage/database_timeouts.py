"""How long a connection waits for a database that stopped answering: the same everywhere that this project connects."""

from typing import Any

from sqlalchemy.engine import URL

CONNECT_SECONDS = 2  # to connect, login included
LOST_SECONDS = 15  # until a connection whose packets are not acknowledged is closed
SQLITE_SECONDS = 10  # that one writer waits for another
MYSQL_SECONDS = 60  # for an answer; PyMySQL has no options for keepalives
POSTGRESQL: dict[str, Any] = {  # libpq's parameters
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 5,  # seconds without traffic before the first probe
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 1000 * LOST_SECONDS,  # for sent data; without this limit Linux retries for 15 minutes
}
MYSQL: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "read_timeout": MYSQL_SECONDS,
    "write_timeout": MYSQL_SECONDS,
}
_BY_DRIVER = {"psycopg2": POSTGRESQL, "psycopg": POSTGRESQL, "pymysql": MYSQL, "mysqldb": MYSQL}


def connect_arguments(address: URL) -> dict[str, Any]:
    """The ``connect_args`` of SQLAlchemy's ``create_engine``; parameters in the address itself are left out.

    Args:
        address: of the database.

    Returns:
        timeouts by the names of the driver, in its units: seconds, but milliseconds for ``tcp_user_timeout``.

    >>> from sqlalchemy import make_url
    >>> connect_arguments(make_url("postgresql+psycopg2://ana@db/x?connect_timeout=9"))["tcp_user_timeout"]
    15000
    """
    if address.get_backend_name() == "sqlite":
        return {"timeout": SQLITE_SECONDS}
    known = _BY_DRIVER.get(address.get_driver_name(), {})
    return {name: value for name, value in known.items() if name not in address.query}
