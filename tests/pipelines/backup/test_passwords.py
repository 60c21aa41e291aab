"""No password is among the arguments of PostgreSQL's programs, which everybody on the machine can read."""

import json
import os
import stat
from pathlib import Path

import pytest

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.backup import postgresql_dump
from pipelines.backup.postgresql_dump import url_of
from script_shared.errors import InputError, SettingsError, UnavailableError

PROGRAM = """#!/bin/sh
printf '%s\\n' "$PGPASSWORD" "$@" > "$(dirname "$0")/said"
sleep "${SLEEP_IN_TEST:-0}"
"""


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the password and the arguments with which PostgreSQL's programs were called."""
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text(PROGRAM)
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setattr(postgresql_dump, "_INSTALLED", tmp_path / "none")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "said"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg2://ana:s3cret@db/log",
        "postgresql+psycopg2://ana@db/log?password=s3cret",
        "postgresql+psycopg2://ana:other@db/log?password=s3cret&sslmode=require",
    ],
)
def test_a_password_is_in_the_environment_alone(address: str, said: Path) -> None:
    postgresql_dump._run("pg_dump", url_of(address), "--format=custom")
    password, *arguments = said.read_text().splitlines()
    assert password == "s3cret"
    assert "s3cret" not in json.dumps(arguments)
    assert "other" not in json.dumps(arguments)
    assert ("sslmode=require" in json.dumps(arguments)) is ("sslmode" in address)


def test_a_password_of_a_key_is_refused(said: Path) -> None:
    with pytest.raises(SettingsError, match="holds sslpassword") as caught:
        postgresql_dump._run("pg_dump", url_of("postgresql+psycopg2://ana@db/log?sslkey=k&sslpassword=s3cret"))
    assert "s3cret" not in str(caught.value)
    assert not said.exists()


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(("program", "kind"), [("pg_dump", UnavailableError), ("pg_restore", InputError)])
def test_a_program_that_takes_too_long_is_named(
    program: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_dump, "SECONDS", 0.2)
    monkeypatch.setenv("SLEEP_IN_TEST", "5")
    with pytest.raises(kind, match=f"{program} took more than"):
        postgresql_dump._run(program, url_of("postgresql+psycopg2://ana@db/log"))


def test_a_program_is_stopped_before_airflow_stops_its_task() -> None:
    assert DEFAULT_ARGS["execution_timeout"].total_seconds() * 0.8 > postgresql_dump.SECONDS
