"""While a release is in service, a check uses only idle processor time, but every release is checked in the end."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.releases import release_guard
from app.releases.refusal import CheckError
from app.releases.release_guard import ReleaseGuard, Verdict
from script_shared.releases import Manifest, Releases
from tests.app.conftest import ROOT

CLASSES = """
import os
from app.release_check import run_when_idle
run_when_idle()
print(os.sched_getscheduler(0) == os.SCHED_IDLE)
"""
VERDICT = '{"verdict": {"reason": "", "parts": {}}}'


@pytest.fixture
def release(tmp_path: Path) -> tuple[Path, Manifest]:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "model.json").write_text("{}")
    releases = Releases(str(tmp_path / "models"))
    releases.publish(tmp_path / "made", "v1")
    return releases.fetch("v1"), releases.manifest("v1")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, float]]:
    """Whether each check ran in the idle class, and its time limit; checks in the idle class get no processor time."""
    found: list[tuple[bool, float]] = []

    def check(command: list[str], given: str, seconds: float) -> tuple[int, str, str]:
        found.append(("--idle" in command, seconds))
        if "--idle" in command:
            raise subprocess.TimeoutExpired(command, seconds)
        return 0, VERDICT, ""

    monkeypatch.setattr(release_guard, "_check", check)
    monkeypatch.setattr(release_guard, "IDLE_SECONDS", 30.0)
    return found


def _guard(folder: Path) -> ReleaseGuard:
    return ReleaseGuard(folder / "cache", release_guard.LOAD_TRIAL, {"test": str(folder)})


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no idle class")
def test_the_check_runs_in_the_idle_class() -> None:
    done = subprocess.run([sys.executable, "-c", CLASSES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_a_check_that_gets_no_time_starts_again_with_normal_priority(
    release: tuple[Path, Manifest], checks: list[tuple[bool, float]], tmp_path: Path
) -> None:
    assert _guard(tmp_path).verdict(*release, beside=True) == Verdict()
    assert checks == [(True, release_guard.IDLE_SECONDS), (False, release_guard.CHECK_SECONDS)]


def test_before_the_first_release_a_check_never_waits_for_an_idle_processor(
    release: tuple[Path, Manifest], checks: list[tuple[bool, float]], tmp_path: Path
) -> None:
    assert _guard(tmp_path).verdict(*release) == Verdict()
    assert checks == [(False, release_guard.CHECK_SECONDS)]


def test_a_check_that_cannot_start_is_reported(
    release: tuple[Path, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise OSError("no more processes")

    monkeypatch.setattr(release_guard, "_check", fail)
    with pytest.raises(CheckError, match="could not be checked"):
        _guard(tmp_path).verdict(*release, beside=True)


WITH_FLAG = """
import io, os, sys
from app import release_check
release_check.check = lambda *of: print(os.sched_getscheduler(0) == os.SCHED_IDLE) or 0
sys.stdin = io.StringIO('{"input": {}, "manifest": {}}')
sys.argv = ["release_check", "module:Trial", sys.argv[1], *sys.argv[2:]]
sys.exit(release_check.main())
"""


@pytest.mark.parametrize(("flags", "idle"), [(["--idle"], "True"), ([], "False")])
def test_the_command_of_a_check_runs_when_idle_only_with_the_flag(flags: list[str], idle: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITH_FLAG, str(tmp_path), *flags]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == idle
