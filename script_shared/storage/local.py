"""A folder as storage: writers lock it and call fsync before every rename, so a crash leaves the old or new file."""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from script_shared.errors import UnavailableError
from script_shared.storage.base import Digest, File, StoredObject
from script_shared.throttle import yield_cpu

LOCK_SECONDS = 60.0
PIECE_BYTES = 1 << 20  # of a file; after each piece, a thread of the API yields to requests
PARTIAL = ".partial"  # suffix of files that a killed writer leaves


@contextmanager
def file_lock(file: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock file for the block. The system releases it when the process ends, also after a crash.

    Args:
        file: created if missing, with its folders; it is not removed, and its content does not matter.
        seconds: how long to wait for the lock, at most.

    Raises:
        UnavailableError: somebody else holds the lock all this time.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait_for_lock(handle, file, time.monotonic() + seconds)
        yield
    finally:
        os.close(handle)


def _wait_for_lock(handle: int, file: Path, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise UnavailableError(f"{file}: another process holds the lock.", fix="Try again later.") from None
            time.sleep(0.002)


@contextmanager
def _refusals(what: object) -> Iterator[None]:
    """Translate errors of the disk into the product's errors; a missing file remains a FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnavailableError(
            f"{what}: {error.strerror or error}.", fix="Check the folder's permissions and the free space."
        ) from error


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_file(path: Path) -> Digest:
    """SHA-256 and size of a file, read once.

    Args:
        path: of a file of any size; it is read in pieces.
    """
    digest = sha256()
    with path.open("rb", buffering=0) as file:
        piece = memoryview(bytearray(min(PIECE_BYTES, os.fstat(file.fileno()).st_size + 1)))
        while count := file.readinto(piece):
            digest.update(piece[:count])
            yield_cpu()
        return Digest(digest.hexdigest(), file.tell())


class LocalStorage:
    """Storage in a folder, which the first write creates."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.uri = str(self.root)

    def path(self, key: str) -> Path:
        return self.root / key

    def read(self, key: str, known: StoredObject | None = None) -> StoredObject | None:
        with _refusals(self.root / key):
            try:
                data = (self.root / key).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
        if known is not None and known.data == data:
            return known
        return StoredObject(data, sha256(data).hexdigest())

    def swap(self, key: str, data: bytes, expected: StoredObject | None) -> bool:
        with _refusals(self.root / key), file_lock(self.root / ".lock"):
            if self.read(key) != expected:
                return False
            self._replace(self.root / key, data)
            return True

    def _replace(self, target: Path, data: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}{PARTIAL}")  # no other writer uses it, because we hold the lock
        partial.write_bytes(data)
        sync(partial)
        partial.replace(target)
        sync(target.parent)
        sync(target.parent.parent)

    def upload(self, key: str, source: Path) -> None:
        target = self.root / key
        with _refusals(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            sync(target)
            sync(target.parent)

    def download(self, key: str, target: Path) -> Digest:
        with _refusals(target):
            shutil.copyfile(self.root / key, target)
            return digest_file(target)

    def digest(self, key: str) -> Digest:
        with _refusals(self.root / key):
            return digest_file(self.root / key)

    def folders(self, prefix: str) -> list[str]:
        with _refusals(self.root / prefix):
            try:
                return sorted(entry.name for entry in os.scandir(self.root / prefix) if entry.is_dir())
            except FileNotFoundError:
                return []

    def files(self, prefix: str) -> list[File]:
        with _refusals(self.root / prefix):
            try:
                found = [(entry.name, entry.stat()) for entry in os.scandir(self.root / prefix) if entry.is_file()]
            except FileNotFoundError:
                return []
        return [
            File(name, f"{stat.st_size}-{stat.st_mtime_ns}", datetime.fromtimestamp(stat.st_mtime, UTC))
            for name, stat in sorted(found)
        ]

    def changed_at(self, prefix: str) -> datetime | None:
        top = self.root / prefix
        times = [time for path in (top, *top.rglob("*")) if (time := _written_at(path)) is not None]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def remove(self, prefix: str) -> None:
        target = self.root / prefix
        with _refusals(target):
            if not target.is_dir():
                return target.unlink(missing_ok=True)
            away = target.with_name(f".{target.name}.{secrets.token_hex(4)}{PARTIAL}")
            with suppress(FileNotFoundError):  # somebody else removed it first
                target.rename(away)
            shutil.rmtree(away, ignore_errors=True)
        with suppress(OSError):
            target.parent.rmdir()  # only when it is empty
        return None


def _written_at(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:  # removed in the meantime
        return None
