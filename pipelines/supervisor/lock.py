"""One supervisor at a time in a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script_shared.errors import SettingsError


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; it is released however the process ends.

    Args:
        folder: made if it is missing.

    Raises:
        SettingsError: another supervisor holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            pid = lock.read().strip()
            raise SettingsError(
                f"Pauta is already running in this checkout (process {pid}).", fix=f"Stop it: kill {pid}"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getppid()))
        lock.flush()
        yield
