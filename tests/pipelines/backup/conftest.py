"""An installation with a log, releases and a folder for backups, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipelines.backup.postgresql_dump import SCRATCH
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.database.schema import METADATA
from script_shared.releases import open_releases
from script_shared.settings import Settings
from tests.app.recruiting.releases import make_release as recruiting_release
from tests.app.releases_made import make_release as news_release
from tests.app.students.releases import make_release as students_release
from tests.servers import postgresql
from tests.stores import s3_endpoint, s3_root  # noqa: F401  fixtures


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server."""
    with postgresql(tmp_path_factory.mktemp("postgresql")) as uri:
        yield uri


@pytest.fixture(scope="session")
def releases_made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A release folder of each use case."""
    folder = tmp_path_factory.mktemp("releases")
    makers = {"news": news_release, "students": students_release, "recruiting": recruiting_release}
    return {name: make(folder / name) for name, make in makers.items()}


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, releases_made: dict[str, Path]) -> Settings:
    """An installation with 30 clicks and one release in service in each use case."""
    uri = (
        f"sqlite:///{tmp_path}/events.db" if request.param == "sqlite" else _emptied(request.getfixturevalue("server"))
    )
    settings = Settings(
        data_dir=tmp_path / "data",
        models_uri=str(tmp_path / "models"),
        evaluation_dir=tmp_path / "evaluation",
        cache_dir=tmp_path / "cache",
        backup_dir=tmp_path / "backups",
        events_uri=uri,
    )
    add_clicks(settings, 30)
    for name, folder in releases_made.items():
        releases = open_releases(settings, name)
        releases.publish(folder, "v1", {})
        releases.promote("v1", "test")
    return settings


def _emptied(address: str) -> str:
    engine = create_engine(address)
    with engine.begin() as connection:
        for table in METADATA.tables:
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return address


def add_clicks(settings: Settings, count: int, after: int = 0) -> None:
    """Write clicks into the log."""
    with closing(EventLog(settings.events_address)) as log:
        log.append(
            [
                Entry(f"e{number}", Kind.CLICK, 1_700_000_000_000 + number, "ana", "a1", {"session": "s"})
                for number in range(after, after + count)
            ]
        )


def scratch_databases(settings: Settings) -> list[str]:
    """Scratch databases of trials that are on the server."""
    engine = create_engine(settings.events_address)
    with engine.begin() as connection:
        names = connection.scalars(
            text("SELECT datname FROM pg_database WHERE datname = :name"), {"name": SCRATCH}
        ).all()
    engine.dispose()
    return list(names)
