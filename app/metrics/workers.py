"""The counters of several worker processes as one: the scraped worker collects those of the others over local sockets.

Each worker counts in its own memory, so that counting costs a request next to nothing and a series can leave again. It
writes what it counted to a file before it reports it, so what was scraped once stays in the sum when it dies, and
counters never go backwards. What a killed worker counted since the last scrape is lost. Gauges are of the living.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from app.metrics.families import GAUGES, Family, WorkerCounts, fold_dead, merge_families
from app.metrics.own_metrics import Across

log = logging.getLogger("pauta.metrics")
ASK_SECONDS = 2.0
FOLD_FROM = 4  # files of dead workers that are kept apart
GONE = "gone.json"


class Workers:
    """This process among the workers that share ``folder``.

    Args:
        folder: shared by the workers of one service and by nobody else.
        snapshot: what this process counted, called in a thread.
        across: how gauges of several workers become one value, by name.
    """

    def __init__(
        self, folder: Path, snapshot: Callable[[], WorkerCounts], across: Mapping[str, Across] = GAUGES
    ) -> None:
        self._folder, self._snapshot, self._across = folder, snapshot, across
        self._name = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._writing = threading.Lock()  # an older snapshot must not replace a newer one
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Be there for the others."""
        self._server = await asyncio.start_unix_server(self._answer_query, self._folder / f"{self._name}.sock")

    async def stop(self) -> None:
        """Leave the last counts behind."""
        await asyncio.to_thread(self._write)
        if self._server is not None:
            self._server.close()
        (self._folder / f"{self._name}.sock").unlink(missing_ok=True)

    async def together(self) -> list[Family]:
        """Everybody's counts, as they are now; a worker that is too busy to answer counts as of the last time."""
        others = [path for path in self._folder.glob("*.sock") if path.stem != self._name]
        await asyncio.gather(asyncio.to_thread(self._write), *map(self._ask, others))
        return await asyncio.to_thread(self._read)

    async def _answer_query(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.to_thread(self._write)
            writer.write(b"written")
            await writer.drain()
        except OSError as error:
            log.warning("counters were not written: %s", error)
        finally:
            writer.close()

    async def _ask(self, path: Path) -> None:
        """Have another worker write its counts; the socket of one that is gone is removed."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                reader, writer = await asyncio.open_unix_connection(path)
                with contextlib.closing(writer):
                    await reader.read()
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
        except (TimeoutError, OSError) as error:
            log.warning("a worker did not report its counters: %s", error or "too busy")

    def _write(self) -> None:
        with self._writing:
            _replace(self._folder / f"{self._name}.json", self._snapshot())

    def _read(self) -> list[Family]:
        with _folder_lock(self._folder):
            alive = {path.stem for path in self._folder.glob("*.sock")} | {self._name}
            gone = self._load_gone()
            files = [file for file in self._folder.glob("*.json") if file.name != GONE]
            living = [_load(file) for file in files if file.stem in alive]
            dead = {file: _load(file) for file in files if file.stem not in alive}
            families = merge_families(living, [gone, *dead.values()], self._across)
            if len(dead) >= FOLD_FROM:
                self._fold([gone, *dead.values()], living, list(dead))
            return families

    def _load_gone(self) -> WorkerCounts:
        path = self._folder / GONE
        gone = _load(path) if path.exists() else WorkerCounts()
        for name in gone.names:  # still there when the process that folded them was killed
            (self._folder / name).unlink(missing_ok=True)
        return gone

    def _fold(self, counted: Sequence[WorkerCounts], living: Sequence[WorkerCounts], files: Sequence[Path]) -> None:
        """Put the files of the dead into one, which says whose counts it holds before theirs go."""
        _replace(self._folder / GONE, WorkerCounts(fold_dead(living, counted), names=[file.name for file in files]))
        for file in files:
            file.unlink()


def _replace(path: Path, snapshot: WorkerCounts) -> None:
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    partial.write_bytes(orjson.dumps(snapshot, default=list))
    partial.replace(path)


def _load(path: Path) -> WorkerCounts:
    return WorkerCounts.of(orjson.loads(path.read_bytes()))


@contextlib.contextmanager
def _folder_lock(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
