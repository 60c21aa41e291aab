import pytest

from script_shared.events import EventLog
from script_shared.events.database.schema import METADATA
from tests.servers import postgresql


@pytest.fixture(scope="session")
def postgresql_uri(tmp_path_factory):
    with postgresql(tmp_path_factory.mktemp("postgresql")) as uri:
        yield uri


@pytest.fixture(params=["sqlite", "postgresql"])
def uri(request, tmp_path):
    """An address of an empty event log, on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/events.db"
    address = request.getfixturevalue("postgresql_uri")
    from sqlalchemy import create_engine, text

    engine = create_engine(address)
    with engine.begin() as connection:
        for table in METADATA.tables:
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return address


@pytest.fixture
def log(uri):
    log = EventLog(uri)
    yield log
    log.close()
