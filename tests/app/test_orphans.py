"""Worker processes end with their parent, however it ends, so that the next start finds the port free."""

import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.app.conftest import Store, listens, started, until
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.slow
def test_a_killed_service_leaves_no_worker_and_starts_again_on_its_port(store: Store) -> None:
    store.promote("v1")
    with started(store.settings, workers=2) as (address, service):
        until(lambda: listens(address))
        until(lambda: "pauta_workers 2.0" in httpx.get(f"{address}/metrics", timeout=PATIENCE_SECONDS).text)
        children = psutil.Process(service.pid).children(recursive=True)
        service.kill()
        service.wait()
        until(lambda: not living(children))
    with started(store.settings, workers=2, port=int(address.rpartition(":")[2])) as (again, service):
        until(lambda: listens(again) or service.poll() is not None)
        assert service.poll() is None
        assert httpx.get(f"{again}/health", timeout=PATIENCE_SECONDS).status_code == 200


@pytest.mark.slow
def test_a_service_that_is_killed_while_its_workers_start_leaves_none(store: Store) -> None:
    with started(store.settings, workers=2) as (_, service):
        parent = psutil.Process(service.pid)
        until(lambda: len(parent.children()) >= 2)
        children = parent.children(recursive=True)
        service.kill()
        service.wait()
        until(lambda: not living(children))


ORPHAN = """
import os, sys, time
from script_shared.parent import end_with_parent
if os.fork():
    os._exit(0)  # before the child has asked for anything
while os.getppid() == int(sys.argv[1]):
    time.sleep(0.01)
end_with_parent(int(sys.argv[1]))
print("lives on", flush=True)
"""


def test_a_child_whose_parent_ended_before_it_asked_ends_at_once() -> None:
    program = f"import os, sys; sys.argv.append(str(os.getpid()))\n{ORPHAN}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
