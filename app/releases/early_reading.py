"""Reads releases and compares them with their checksums while the service is being imported.

Both take a quarter of a second at full scale, mostly without the interpreter, so a second processor can do them.
The first load of each release uses the result.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from script_shared.releases import Manifest, Pointer, Releases
from script_shared.throttle import SWITCH_SECONDS, throttle

VALID_SECONDS = 60.0  # a worker process that is replaced later is forked from the same parent, and reads again
TAKE_SECONDS = 10.0  # until a release whose disk does not answer is read again by its load
PATIENCE_SECONDS = 2.0  # of a parent process with its workers; on a slow disk, these read themselves


@dataclass(frozen=True)
class _Result:
    """A release whose files were compared with its manifest."""

    pointer: Pointer
    folder: Path
    manifest: Manifest
    read_at: float


class _StopError(Exception):
    """Nobody waits any longer."""


class EarlyReading:
    """Reads the releases in service, one after the other, in a thread.

    Releases of object stores are left out: their download may take long.

    Args:
        stores: of the use cases.
    """

    def __init__(self, stores: Iterable[Releases]) -> None:
        self._stores = [store for store in stores if Path(store.uri).is_absolute()]
        self._found: dict[str, _Result] = {}
        self._done = {store.uri: threading.Event() for store in self._stores}
        self._stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        sys.setswitchinterval(SWITCH_SECONDS)  # imports keep the interpreter, and the thread needs it a thousand times
        self._thread = threading.Thread(target=self._read_all, name="early-reading", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Wait for the thread for ``PATIENCE_SECONDS``, then as long again until it stops, before a process is forked.

        A thread that still runs then is blocked in a read of a disk that does not answer, and holds no lock.
        """
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)
            self._stopped = True
            self._thread.join(PATIENCE_SECONDS)

    def take(self, uri: str, pointer: Pointer) -> tuple[Path, Manifest] | None:
        """The folder and the manifest of the release, once; None if it was not read.

        Args:
            uri: of its store.
            pointer: names the release.
        """
        done = self._done.get(uri) if self._thread is not None else None
        if done is not None and not done.wait(TAKE_SECONDS):
            return None
        found = self._found.pop(uri, None)
        if found is None or found.pointer != pointer or time.monotonic() - found.read_at > VALID_SECONDS:
            return None
        return found.folder, found.manifest

    def _read_all(self) -> None:
        for store in self._stores:
            if not self._stopped:
                with contextlib.suppress(Exception), throttle(self._go_on):  # the load meets the same problem
                    self._read(store)
            self._done[store.uri].set()

    def _read(self, store: Releases) -> None:
        if (pointer := store.current()) is not None:
            folder, manifest = store.fetch_with_manifest(pointer.version)
            self._found[store.uri] = _Result(pointer, folder, manifest, time.monotonic())

    def _go_on(self, worked: float) -> None:
        if self._stopped:
            raise _StopError


_nothing = EarlyReading(())
_current = _nothing


def start(stores: Iterable[Releases]) -> None:
    """Read the releases in service from now on.

    Args:
        stores: of the use cases.
    """
    global _current
    _current = EarlyReading(stores)
    _current.start()


def end() -> None:
    """Before the process is forked: wait for a moment, then stop reading."""
    _current.end()


def take(uri: str, pointer: Pointer) -> tuple[Path, Manifest] | None:
    """As :meth:`EarlyReading.take`.

    Args:
        uri: of the store.
        pointer: names the release.
    """
    return _current.take(uri, pointer)
