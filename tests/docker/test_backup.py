"""A backup that is not whole is not called one, and a restore touches nothing where a database is there already."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

FOLDER = Path(__file__).parents[2] / "docker"
FILES = ("secrets.tar", "files.tar", "mlflow.tar", "airflow.dump", "mlflow.dump", "pauta.dump")
DOCKER = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  "compose config") echo "name: a-project" ;;
  "volume ls"*) echo "$VOLUMES" ;;
  *" -xf "*) ;;
  *" -cf "*) [ -z "$NO_TAR" ] && tar -C "$CONTENT" -cf - . ; exit 1 ;;
  *pg_dump*) echo a dump ;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path) -> dict[str, str]:
    """The environment of a stand-in for the engine, which keeps what it was asked; its packing always ends with 1."""
    for name in ("bin", "content"):
        (tmp_path / name).mkdir()
    (tmp_path / "content" / "file").write_text("something")
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    paths = {"CALLS": str(tmp_path / "calls"), "CONTENT": str(tmp_path / "content")}
    return paths | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "VOLUMES": "", "NO_TAR": ""}


def run(script: str, folder: Path, engine: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [FOLDER / script, folder]
    return subprocess.run(command, env=engine, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)


def test_files_that_changed_while_they_were_read_do_not_end_a_backup(tmp_path: Path, engine: dict[str, str]):
    done = run("backup.sh", tmp_path / "backup", engine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {file.name for file in (tmp_path / "backup").iterdir()} == set(FILES)


def test_a_backup_whose_archive_was_not_written_fails(tmp_path: Path, engine: dict[str, str]):
    done = run("backup.sh", tmp_path / "backup", engine | {"NO_TAR": "1"})
    assert done.returncode == 1
    assert "secrets.tar was not written whole" in done.stdout


def backup_in(folder: Path) -> Path:
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text("kept")
    return folder


def test_a_restore_touches_nothing_where_a_database_is_there(tmp_path: Path, engine: dict[str, str]):
    done = run("restore.sh", backup_in(tmp_path / "backup"), engine | {"VOLUMES": "a-project_postgres"})
    assert (done.returncode, "nothing was touched" in done.stdout) == (1, True)
    asked = Path(engine["CALLS"]).read_text(encoding="utf-8").splitlines()
    assert [line for line in asked if line.split()[:2] not in (["compose", "config"], ["volume", "ls"])] == []
    assert "project=a-project" in asked[-1]


def test_a_restore_into_nothing_unpacks_before_the_database_starts(tmp_path: Path, engine: dict[str, str]):
    done = run("restore.sh", backup_in(tmp_path / "backup"), engine)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = Path(engine["CALLS"]).read_text(encoding="utf-8")
    assert asked.index("script_shared -xf") < asked.index("--wait postgres") < asked.index("pg_restore")
