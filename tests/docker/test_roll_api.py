"""`make up` replaces the API one by one only if Compose can say which containers are out of date."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docker" / "roll_api.sh"
DOCKER = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  "compose ps"*) echo "$RUNNING" ;;
  "compose --dry-run"*) echo "$SAID" >&2; exit "$CODE" ;;
esac
"""


def run(folder: Path, running: str, said: str, code: int) -> tuple[int, str, list[str]]:
    """Exit code, words and calls of the script, with an engine whose dry run says something and ends with a code."""
    engine = folder / "docker"
    engine.write_text(DOCKER)
    engine.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(folder / "calls")}
    environment |= {"RUNNING": running, "SAID": said, "CODE": str(code)}
    done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, (folder / "calls").read_text().splitlines()


def test_a_dry_run_that_fails_replaces_nothing_and_says_so(tmp_path: Path):
    code, said, calls = run(tmp_path, "c1", "no such network", 1)
    assert (code, "no such network" in said, "none was replaced" in said) == (1, True, True)
    assert [call for call in calls if "--dry-run" not in call and not call.startswith("compose ps")] == []


@pytest.mark.parametrize("code", [0, 1])
def test_containers_that_are_up_to_date_stay(tmp_path: Path, code: int):
    assert run(tmp_path, "c1", " DRY-RUN MODE -  Container pauta-api-1  Running ", code)[:2] == (0, "")


def test_where_no_container_runs_there_is_nothing_to_replace(tmp_path: Path):
    assert run(tmp_path, "", "anything", 1) == (0, "", ["compose ps --quiet api"])
