"""Several processes at once, and processes that are killed: releases and pointer stay whole."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from script_shared.releases import Pointer, Releases
from script_shared.storage import open_storage
from tests.script_shared.releases.made import contents, publish

REPOSITORY = Path(__file__).parents[3]
Jobs = Sequence[tuple[str, str]]


def start(jobs: Jobs, uri: str, work: Path) -> list["subprocess.Popen[str]"]:
    """Start a worker per (mode, name), and let them go at the same moment."""
    module = "tests.script_shared.releases.worker"
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", module, mode, uri, str(work), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        for mode, name in jobs
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers


def run(jobs: Jobs, uri: str, work: Path) -> list[list[str]]:
    """The lines that each worker printed; all must end well."""
    workers = start(jobs, uri, work)
    outputs = [worker.communicate(timeout=300)[0].splitlines() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    return outputs


def current(releases: Releases) -> Pointer:
    pointer = releases.current()
    assert pointer is not None
    return pointer


def test_of_processes_that_publish_one_version_exactly_one_wins(releases: Releases, tmp_path: Path) -> None:
    outputs = run([("take", name) for name in "abc"], releases.uri, tmp_path / "work")
    won = [output[0].split()[1] for output in outputs if output[0].startswith("won")]
    assert sorted(output[0].split()[0] for output in outputs) == ["ReleaseConflictError"] * 2 + ["won"]
    winner = next(name for name, output in zip("abc", outputs, strict=True) if output[0].startswith("won"))
    assert contents(releases.fetch("v1")) == contents(tmp_path / "work" / winner)
    assert open_storage(releases.uri).folders("releases/v1") == won


def test_no_move_of_processes_that_promote_at_once_is_lost(releases: Releases, tmp_path: Path) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    outputs = run([("promote", name) for name in "abc"], releases.uri, tmp_path / "work")
    moves = sorted(int(line.split()[1]) for output in outputs for line in output)
    assert moves == list(range(1, current(releases).sequence + 1))
    assert [move.sequence for move in current(releases).history] == moves[-50:]


def test_a_poller_never_sees_half_a_pointer(local: Releases, tmp_path: Path) -> None:
    publish(local, tmp_path, "v1", "v2", "v3")
    local.promote("v1", "test")
    workers = start([("promote", "a"), ("promote", "b")], local.uri, tmp_path / "work")
    seen = set()
    while any(worker.poll() is None for worker in workers):
        seen.add(current(local).sequence)
    for worker in workers:
        worker.communicate()
    assert len(seen) > 3


def test_promoting_against_pruning_never_leaves_a_release_in_service_that_is_gone(
    releases: Releases, tmp_path: Path
) -> None:
    publish(releases, tmp_path, "v1", "v2", "v3")
    releases.promote("v1", "test")
    outputs = run([("promote", "a"), ("promote", "b"), ("prune", "p")], releases.uri, tmp_path / "work")
    assert any(len(line.split()) > 1 for line in outputs[2]), "nothing was pruned: the test shows nothing"
    assert releases.verify(current(releases).version)
    assert [releases.verify(version).version for version in releases.versions()] == releases.versions()
    assert current(releases).retiring == []


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_only_whole_releases_and_a_good_pointer(
    releases: Releases, tmp_path: Path
) -> None:
    rounds = 4 if "://" in releases.uri else 9
    before, span = 0, _seconds_to_promote(releases, tmp_path)
    for number in range(rounds):
        (worker,) = start([("churn", f"v{number}")], releases.uri, tmp_path / "work")
        time.sleep(random.uniform(0, 1.5 * span))
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        before = check_whole(releases, before)
    assert before > 0, "no process lived long enough to promote"
    publish(releases, tmp_path, "after")
    assert releases.promote("after", "test").sequence == before + 1


def _seconds_to_promote(releases: Releases, tmp_path: Path) -> float:
    """How long a process takes here from its start to its first promote; it leaves that release in service."""
    started = time.monotonic()
    (worker,) = start([("churn", "v-first")], releases.uri, tmp_path / "work")
    while releases.current() is None:
        assert worker.poll() is None
        time.sleep(0.001)
    seconds = time.monotonic() - started
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    return seconds


def check_whole(releases: Releases, before: int) -> int:
    """Every listed release verifies, and the pointer names one of them; gives the pointer's sequence."""
    versions = releases.versions()
    assert [releases.verify(version).version for version in versions] == versions
    pointer = releases.current()
    if pointer is None:
        return before
    assert pointer.version in versions
    assert pointer.sequence >= before
    return pointer.sequence
