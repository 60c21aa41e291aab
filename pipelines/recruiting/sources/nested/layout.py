"""The three files: which they are among some paths, in a folder or a zip, and what each holds."""

import re
from collections.abc import Iterable
from pathlib import Path

import orjson

from script_shared.errors import InputError

NAMES = {  # canonical name: how people call it
    "applicants.json": re.compile(r"(?:applicants|candidates|candidatos)\.json", re.IGNORECASE),
    "prospects.json": re.compile(r"(?:prospects|applications)\.json", re.IGNORECASE),
    "vagas.json": re.compile(r"(?:vagas|vacancies|jobs)\.json", re.IGNORECASE),
}
MISSING = "Name the folder, the zip or the address that holds applicants.json, prospects.json and vagas.json."


def arrange_paths(paths: Iterable[str]) -> dict[str, str]:
    """Canonical name and path of each of the three files.

    Args:
        paths: relative, with ``/``; hidden folders and those of macOS are left out.

    Returns:
        paths by canonical name: ``vagas.json``, ``prospects.json``, ``applicants.json``.

    Raises:
        InputError: one is missing, or two are the same.

    >>> arrange_paths(["dados/vagas.json", "dados/prospects.json", "dados/applicants.json", "leia.txt"])["vagas.json"]
    'dados/vagas.json'
    """
    found: dict[str, str] = {}
    for path in sorted(paths):
        *folders, name = path.split("/")
        if any(folder == "__MACOSX" or folder.startswith(".") for folder in folders):
            continue
        for canonical, pattern in NAMES.items():
            if pattern.fullmatch(name):
                if canonical in found:
                    raise InputError(f"{found[canonical]} and {path} are the same file.", fix="Keep one of them.")
                found[canonical] = path
    if missing := [name for name in NAMES if name not in found]:
        raise InputError(f"files are missing: {', '.join(missing)}.", fix=MISSING)
    return found


def files_in(folder: Path) -> dict[str, Path]:
    """The three files in a folder, or one level below it.

    Args:
        folder: an existing folder.

    Returns:
        files by canonical name.

    Raises:
        InputError: see ``arrange_paths``.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in [*folder.glob("*.json"), *folder.glob("*/*.json")]}
    try:
        return {name: paths[place] for name, place in arrange_paths(paths).items()}
    except InputError as error:
        raise InputError(f"{folder}: {error.message}", fix=error.fix) from None


def records(path: Path, name: str) -> dict[str, object]:
    """A file's records by id.

    Raises:
        InputError: it is no JSON object; names the file and the place, and repeats nothing of it.
    """
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{name}: is no JSON ({where}).", fix="Export the file again.") from None
    if not isinstance(content, dict):
        raise InputError(f"{name}: holds no records by id.", fix="Export it as an object of records by id.")
    return content
