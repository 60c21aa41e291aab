"""However the supervisor ends, nothing that it started is left, and the exit code says how it ended."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.pipelines.supervisor.scenario import STUBBORN_FAMILY, start, wait_until_gone

GUARDED = f"""
from pipelines.supervisor import parent_process
from pipelines.supervisor.parent_process import StopRequestedError, stop_on_signals

def supervise():
    stop_on_signals()
    house = ComponentGroup()
    components.GRACE_SECONDS = 0.3
    try:
        house.start(program("family", {STUBBORN_FAMILY!r}))
        while len(descendants()) < 2: time.sleep(0.02)
        print("ready", flush=True)
        time.sleep(3600)
    except StopRequestedError:
        return 0
    finally:
        house.stop()

parent_process.GRACE_SECONDS = 0.3
sys.exit(parent_process.run_guarded(supervise))
"""


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with start(tmp_path, GUARDED) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_the_exit_code_is_zero(
    guard: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    guard.send_signal(number)
    assert guard.wait(timeout=300) == 0
    assert wait_until_gone(tmp_path) == []


def test_a_killed_supervisor_leaves_nothing_behind(guard: subprocess.Popen[str], tmp_path: Path) -> None:
    (supervisor,) = psutil.Process(guard.pid).children()
    supervisor.kill()
    assert guard.wait(timeout=300) == 128 + signal.SIGKILL
    assert wait_until_gone(tmp_path) == []


def test_a_killed_guard_leaves_nothing_behind(guard: subprocess.Popen[str], tmp_path: Path) -> None:
    guard.kill()
    assert wait_until_gone(tmp_path) == []


def test_signals_in_quick_succession_stop_it_once(guard: subprocess.Popen[str], tmp_path: Path) -> None:
    for _ in range(5):
        guard.send_signal(signal.SIGTERM)
        time.sleep(0.02)
    assert guard.wait(timeout=300) == 0
    assert wait_until_gone(tmp_path) == []


def test_the_exit_code_of_the_supervisor_is_the_guards(tmp_path: Path) -> None:
    program = "from pipelines.supervisor.parent_process import run_guarded; sys.exit(run_guarded(lambda: 7))"
    with start(tmp_path, program) as process:
        assert process.wait(timeout=300) == 7


UNDER_MAKE = """
import pipelines.supervisor.__main__ as entry

def guarded(supervise):
    print("ready", flush=True)
    time.sleep(3600)

if os.fork():
    os.wait()  # this is make
    os._exit(0)
os.environ["MAKELEVEL"] = "1"
entry.load_stack_settings, entry.run_guarded = lambda arguments: None, guarded
entry.main()
"""


def test_a_killed_make_leaves_nothing_behind(tmp_path: Path) -> None:
    with start(tmp_path, UNDER_MAKE) as make:
        assert make.stdout is not None
        assert make.stdout.readline() == "ready\n"
        make.kill()
        assert wait_until_gone(tmp_path) == []
