"""Work on many files of a storage, several at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from script_shared.storage.base import Digest, Storage

THREADS = 8
T = TypeVar("T")
K = TypeVar("K")


def in_threads(work: Callable[[K], T], items: Iterable[K]) -> list[T]:
    """Call ``work`` for every item, several at a time.

    If an item fails, the first error is raised when the running items are done; the others are not started.

    Args:
        work: called once for each item, in any thread.
        items: what to work on.

    Returns:
        the results in the order of the items.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, items))


def download_files(storage: Storage, base: str, names: Iterable[str], folder: Path) -> list[Digest | None]:
    """Download files into a folder, several at a time.

    Args:
        storage: where the files are.
        base: the key before the names.
        names: of the files, with their folders.
        folder: receives the files; created if missing.

    Returns:
        size and checksum of each file, in the order of the names; None for a file that is missing.
    """

    def download(name: str) -> Digest | None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            return storage.download(f"{base}/{name}", folder / name)
        except FileNotFoundError:
            return None

    return in_threads(download, names)
