"""Trials on a PostgreSQL server: what they need there, and what they never touch."""

import pytest
from sqlalchemy import create_engine, text

from pipelines.backup.postgresql_dump import SCRATCH
from pipelines.backup.steps import restore, save
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from tests.pipelines.backup.conftest import add_clicks, scratch_databases

pytestmark = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)


def test_a_trial_drops_no_database_that_it_did_not_make(settings: Settings) -> None:
    engine = create_engine(settings.events_address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {SCRATCH}"))
    try:
        save(settings)
        with pytest.raises(SettingsError, match="that no trial made"):
            restore(settings)
        assert scratch_databases(settings) == [SCRATCH]
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {SCRATCH}"))
        engine.dispose()


def test_a_role_that_may_not_make_databases_gets_a_message(settings: Settings) -> None:
    engine = create_engine(settings.events_address)
    with engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS plain"))
        connection.execute(text("CREATE ROLE plain LOGIN"))
    engine.dispose()
    save(settings)
    server = settings.events_address.replace("postgres@", "plain@")
    limited = Settings(**{**settings.model_dump(), "backup_trial_uri": server})
    with pytest.raises(SettingsError, match="ALTER ROLE"):
        restore(limited)


def test_a_role_that_owns_only_its_database_can_try_a_backup_with_an_extension(settings: Settings) -> None:
    server = settings.events_address.rpartition("/")[0]
    _statements(f"{server}/postgres", "CREATE ROLE limited LOGIN CREATEDB", "CREATE DATABASE news OWNER limited")
    for database in ("news", "template1"):  # an extension that only a superuser may create, as pgvector is
        _statements(f"{server}/{database}", "CREATE EXTENSION pageinspect")
    own = settings.model_copy(update={"events_uri": f"{server}/news".replace("postgres@", "limited@")})
    try:
        add_clicks(own, 20)
        save(own)
        assert restore(own)["entries"] == 20
    finally:
        _statements(f"{server}/template1", "DROP EXTENSION pageinspect")
        _statements(f"{server}/postgres", "DROP DATABASE news", "DROP ROLE limited")


def _statements(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
