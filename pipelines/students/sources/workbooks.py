"""Source ``workbooks``: a person's own Excel workbooks, a file, a folder or a prefix of an object store."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.students.sources.workbook import SUFFIXES
from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError, TransientError
from script_shared.storage import File, address_of, is_object_store, open_storage
from script_shared.storage.local import digest_file

YEARS = re.compile(r"(?<!\d)(?:20)?\d\d(?!\d)")  # in a file's name; used for a sheet that does not say its year itself


def fingerprint(context: Context) -> str:
    """The contents of the workbooks, each once, in the order of their changes, with the years in their names.

    A copy of a workbook, or a new time of the newest one, does not change it, because landing would not change either.
    """
    address = _address(context)
    if is_object_store(address):
        objects = sorted(_objects(address), key=lambda file: (file.changed_at, file.name))
        contents = [(file.tag, file.name) for file in objects]
    else:
        paths = sorted(_files(Path(address)), key=lambda path: (path.stat().st_mtime_ns, path.name))
        contents = [(_digest(path, _stamp(path)), path.name) for path in paths]
    first: dict[str, str] = {}
    for content, name in contents:
        first.setdefault(content, name)
    lines = [f"{content} {YEARS.findall(name)}" for content, name in first.items()]
    return "workbooks:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Copy the workbooks into the folder with their times, so that a run stays as it was.

    Raises:
        TransientError: a workbook changed while it was copied.
    """
    address = _address(context)
    if is_object_store(address):
        _download(address, folder)
        return {"source_path": address}
    for path in _files(Path(address)):
        before = _stamp(path)
        shutil.copy2(path, folder / path.name)
        if _stamp(path) != before:
            raise TransientError(f"{path.name}: changed while it was copied.", fix="Run again when it is saved.")
    return {"source_path": address}


def _address(context: Context) -> str:
    """Where the workbooks are.

    Raises:
        InputError: no path was given.
    """
    if context.source_path is None:
        raise InputError(
            "no path of the workbooks was given.", fix="Name a folder or a file with --source-path or its setting."
        )
    return address_of(context.source_path)


def _files(path: Path) -> list[Path]:
    """The workbooks at the path, by name; what Excel leaves while a file is open (``~$…``) is not one.

    Raises:
        InputError: there is no workbook at it.
        SourceError: there is nothing at that path.
    """
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder.", fix="Name the folder of the workbooks.")
    found = [path] if path.is_file() else sorted(each for each in path.iterdir() if each.is_file())
    names = _workbooks((each.name for each in found), str(path))
    return [each for each in found if each.name in names]


def _workbooks(names: Iterable[str], place: str) -> list[str]:
    found = [name for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(("~$", "."))]
    if not found:
        raise InputError(f"{place}: holds no workbook.", fix=f"Put files in ending with {', '.join(SUFFIXES)}.")
    return found


def _objects(address: str) -> list[File]:
    """The workbooks directly below the prefix, by name.

    Raises:
        InputError: there is none.
        UnavailableError: the store does not answer.
    """
    files = open_storage(address).files("")
    names = _workbooks((file.name for file in files), address)
    return [file for file in files if file.name in names]


def _download(address: str, folder: Path) -> None:
    store, listing = open_storage(address), _objects(address)
    for file in listing:
        store.download(file.name, folder / file.name)
        os.utime(folder / file.name, (file.changed_at.timestamp(),) * 2)
    if _objects(address) != listing:
        raise TransientError(f"{address}: changed while it was copied.", fix="Run again when all files are there.")


@lru_cache(maxsize=256)
def _digest(path: Path, stamp: str) -> str:
    """SHA-256 of the file; it is read again only if the stamp changed."""
    return digest_file(path).sha256


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"
