"""Which runs have a step in progress, on any machine: maintenance does not touch these runs."""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from script_shared.errors import UnavailableError
from script_shared.storage import Storage

MARKS = "going_on"
LOCK = ".lake.lock"
STALE = timedelta(days=1)  # no step takes that long: its machine is gone


@contextmanager
def mark_run(storage: Storage, folder: str, run_id: str) -> Iterator[None]:
    """Mark the run in the lake while one of its steps is in progress.

    Args:
        storage: the lake of the use case.
        folder: which the step writes.
        run_id: of the run.

    Raises:
        UnavailableError: the lake cannot be written.
    """
    key = f"{MARKS}/{folder}@{run_id}@{secrets.token_hex(4)}"
    storage.swap(key, f"{socket.gethostname()} {os.getpid()}".encode(), None)
    try:
        yield
    finally:
        with suppress(UnavailableError):  # it is stale after a day
            storage.remove(key)


@contextmanager
def hold_run(root: Path, run_id: str) -> Iterator[Callable[[], bool]]:
    """Protect the run's folders on this machine while a step writes them: other processes here do not replace them.

    Args:
        root: data folder of the use case on this machine.
        run_id: of the run.

    Yields:
        a function that says whether this is the only process here that holds the run.
    """
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(_lock_of(root, run_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield lambda: _is_alone(handle)
    finally:
        os.close(handle)


def _is_alone(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        fcntl.flock(handle, fcntl.LOCK_SH)
    return True


def is_written_here(root: Path, run_id: str) -> bool:
    """Whether a process on this machine is doing a step of the run.

    Args:
        root: data folder of the use case on this machine.
        run_id: of the run.
    """
    try:
        handle = os.open(_lock_of(root, run_id), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def show_marks(storage: Storage, root: Path) -> None:
    """Show runs in progress as half-written folders, by which maintenance recognizes them.

    Args:
        storage: the lake of the use case.
        root: its data folder on this machine.
    """
    shown = set(root.glob("[!.]*/.*.lake-*.partial"))
    for file in (file for file in storage.files(MARKS) if not file.name.startswith(".")):
        folder, run_id, token = file.name.split("@")
        if datetime.now(UTC) - file.changed_at > STALE:
            storage.remove(f"{MARKS}/{file.name}")
            continue
        path = root / folder / f".{run_id}.lake-{token}.partial"
        path.mkdir(parents=True, exist_ok=True)
        shown.discard(path)
    for path in shown:
        with suppress(OSError):
            path.rmdir()


def remove_old_locks(root: Path) -> None:
    """Remove the locks of runs whose folders are gone.

    Args:
        root: data folder of the use case on this machine.
    """
    for lock in root.glob(f".*{LOCK}"):
        run_id = lock.name[1 : -len(LOCK)]
        is_old = time.time() - lock.stat().st_mtime > STALE.total_seconds()
        if is_old and not any(root.glob(f"[!.]*/{run_id}")):
            lock.unlink(missing_ok=True)


def _lock_of(root: Path, run_id: str) -> Path:
    return root / f".{run_id}{LOCK}"
