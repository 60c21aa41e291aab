"""Small files beside the runs that steps update: memories of the monitoring, and figures over all runs."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipelines.measures.evaluation_csv import NAME
from pipelines.run_folders import partial_of
from script_shared.errors import UnavailableError
from script_shared.settings import Settings
from script_shared.storage import File, Storage
from script_shared.use_cases import FIRST

ENDINGS = (".json", ".csv")
PRIVATE, PUBLIC = 0o600, 0o644
ATTEMPTS = 5


class Shelf(NamedTuple):
    """A folder whose small files are in the lake too.

    Attributes:
        folder: on this machine.
        mode: permissions of a file that is fetched.
        names: only these files; empty for all with one of ``ENDINGS``.
    """

    folder: Path
    mode: int
    names: tuple[str, ...] = ()


def shelves_of(settings: Settings, root: Path) -> dict[str, Shelf]:
    """The folders of a use case that have such files, by their prefix in the lake.

    Args:
        settings: the folder of evaluations.
        root: data folder of the use case on this machine.
    """
    shelves = {
        "small_files/memory": Shelf(root, PRIVATE),
        "small_files/evaluation": Shelf(settings.evaluation_dir / root.name, PUBLIC),
    }
    if root.name == FIRST:  # its table is beside the folders of the use cases
        shelves["small_files/figures"] = Shelf(settings.evaluation_dir, PUBLIC, (NAME,))
    return shelves


def fetch_small_files(storage: Storage, shelves: Mapping[str, Shelf]) -> dict[Path, bytes]:
    """Fetch the files that changed in the lake since they were fetched last; no clock decides.

    Args:
        storage: the lake of the use case.
        shelves: by prefix.

    Returns:
        the content of every file that the lake has, as it is here now.

    Raises:
        UnavailableError: the lake cannot be used.
    """
    found = {}
    for prefix, shelf in shelves.items():
        for stored in storage.files(prefix):
            path = shelf.folder / stored.name
            if _is_small_file(stored.name, shelf):
                if not path.is_file() or _tag_of(path) != stored.tag:
                    _fetch(storage, f"{prefix}/{stored.name}", stored, path, shelf.mode)
                if path.is_file():
                    found[path] = path.read_bytes()
    return found


def store_small_files(storage: Storage, shelves: Mapping[str, Shelf], before: Mapping[Path, bytes]) -> None:
    """Store the files that were written here.

    Args:
        storage: the lake of the use case.
        shelves: by prefix.
        before: what ``fetch_small_files`` returned.

    Raises:
        UnavailableError: the lake cannot be used.
    """
    for prefix, shelf in shelves.items():
        for path in sorted(shelf.folder.glob("*")):
            if path.is_file() and _is_small_file(path.name, shelf) and path.read_bytes() != before.get(path):
                _store(storage, f"{prefix}/{path.name}", path)


def _is_small_file(name: str, shelf: Shelf) -> bool:
    if shelf.names:
        return name in shelf.names
    return name.endswith(ENDINGS) and not name.startswith(".")


def _store(storage: Storage, key: str, path: Path) -> None:
    data = path.read_bytes()
    for _ in range(ATTEMPTS):
        before = storage.read(key)
        if (before is not None and before.data == data) or storage.swap(key, data, before):
            _tag_file(path).unlink(missing_ok=True)
            return
    raise UnavailableError(f"{storage.uri}/{key}: other machines write the same file.", fix="Repeat the step later.")


def _fetch(storage: Storage, key: str, stored: File, path: Path, mode: int) -> None:
    found = storage.read(key)
    if found is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(path)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(found.data)
    os.utime(partial, (stored.changed_at.timestamp(),) * 2)  # arrivals compare it with the end of runs
    partial.replace(path)
    _tag_file(path).write_text(stored.tag, encoding="utf-8")


def _tag_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.tag")


def _tag_of(path: Path) -> str | None:
    """Which version of the lake's file this is; None for one that was written here."""
    try:
        return _tag_file(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
