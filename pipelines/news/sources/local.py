"""Source ``local``: a folder with the challenge's files, copied into the run."""

import hashlib
from pathlib import Path
from typing import Any

from pipelines.news.sources.layout import find_files
from pipelines.raw_files.given_path import given_path, stamp
from pipelines.raw_files.links import copy_file
from pipelines.use_case import Context
from script_shared.errors import InputError

WHAT = "the folder that holds the files treino_parte… and itens-parte…"


def fingerprint(context: Context) -> str:
    """Names, sizes and times of the files."""
    lines = [f"{name} {stamp(path)}" for name, path in _files(context).items()]
    return "local:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Copy the files into the folder, so that a run stays as it was when they change."""
    for name, path in _files(context).items():
        copy_file(path, folder / name)
    return {"source_path": str(given_path(context, WHAT).resolve())}


def _files(context: Context) -> dict[str, Path]:
    path = given_path(context, WHAT)
    if not path.is_dir():
        raise InputError(f"{path}: is a file.", fix=f"Name {WHAT}.")
    return find_files(path)
