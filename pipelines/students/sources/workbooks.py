"""Source ``workbooks``: a person's own Excel workbooks, one file or all of a folder, copied into the run."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from pipelines.students.sources.workbook import SUFFIXES
from pipelines.use_case import Context
from script_shared.errors import InputError, SourceError, TransientError


def fingerprint(context: Context) -> str:
    """Names, sizes and times of the workbooks."""
    lines = [f"{path.name} {_stamp(path)}" for path in _files(context)]
    return "workbooks:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Copy the workbooks into the folder with their times, so that a run stays as it was.

    Raises:
        TransientError: a workbook changed while it was copied.
    """
    for path in _files(context):
        before = _stamp(path)
        shutil.copy2(path, folder / path.name)
        if _stamp(path) != before:
            raise TransientError(f"{path.name}: changed while it was copied.", fix="Run again when it is saved.")
    return {"source_path": str(context.source_path)}


def _files(context: Context) -> list[Path]:
    """The workbooks at the path, by name; what Excel leaves while a file is open (``~$…``) is not one.

    Raises:
        InputError: no path was given, or there is no workbook at it.
        SourceError: there is nothing at that path.
    """
    path = context.source_path
    if path is None:
        raise InputError(
            "no path of the workbooks was given.", fix="Name a folder or a file with --source-path or its setting."
        )
    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder.", fix="Name the folder of the workbooks.")
    found = [path] if path.is_file() else sorted(each for each in path.iterdir() if each.is_file())
    files = [each for each in found if each.suffix.lower() in SUFFIXES and not each.name.startswith(("~$", "."))]
    if not files:
        raise InputError(f"{path}: holds no workbook.", fix=f"Put files in ending with {', '.join(SUFFIXES)}.")
    return files


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"
