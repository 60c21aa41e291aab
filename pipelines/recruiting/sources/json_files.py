"""Source ``json``: the three nested files in a folder or a zip, read in place, without a copy."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.raw_files.archive import check_members, extract
from pipelines.raw_files.given_path import given_path, stamp
from pipelines.recruiting.sources.nested.layout import arrange_paths, files_in
from pipelines.recruiting.sources.nested.read import read_nested
from pipelines.use_case import Context

WHAT = "the folder or zip that holds applicants.json, prospects.json and vagas.json"


def fingerprint(context: Context) -> str:
    """Names, sizes and times of the files.

    Args:
        context: its options name the folder or zip.

    Raises:
        InputError: no path was given, or a file is missing.
    """
    path = given_path(context, WHAT)
    files = files_in(path) if path.is_dir() else {path.name: path}
    lines = [f"{name} {stamp(file)}" for name, file in files.items()]
    return "json:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write the raw tables.

    Raises:
        InputError: a file is missing or is no JSON of this shape.
        SourceError: the zip cannot be used.
    """
    path = given_path(context, WHAT)
    if path.is_dir():
        return read_nested(context, files_in(path), folder)
    with TemporaryDirectory(prefix="pauta-recruiting-") as scratch:
        check_members(path, arrange_paths)
        extract(path, Path(scratch), arrange_paths)
        return read_nested(context, files_in(Path(scratch)), folder)
