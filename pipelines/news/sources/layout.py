"""The challenge's layout: which files raw data consists of, wherever they are in a folder or an archive."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from script_shared.errors import InputError

PARTS = {  # place in the layout: what its files are called there, and how people call them
    "files/treino": (
        "treino_parte{}.csv",
        re.compile(r"treino[ _-]?parte[ _-]?(\d{1,6})([ _.(-].*)?\.csv", re.IGNORECASE),
    ),
    "itens/itens": (
        "itens-parte{}.csv",
        re.compile(r"itens[ _-]?parte[ _-]?(\d{1,6})([ _.(-].*)?\.csv", re.IGNORECASE),
    ),
}
VALIDATION = "validacao.csv"  # optional
DEEPEST, MOST_ENTRIES = 8, 100_000  # of a folder that is looked through


def canonical(path: str) -> str | None:
    """Where a file belongs in the layout, given its path in a folder or an archive; None when it is no part of it.

    >>> canonical("dados/files/treino/treino_parte1.csv"), canonical("itens/itens-parte02-OK.csv")
    ('files/treino/treino_parte1.csv', 'itens/itens/itens-parte2.csv')
    >>> canonical("__MACOSX/itens/itens/._itens-parte1.csv")
    """
    *folders, name = path.split("/")
    if any(folder == "__MACOSX" or folder.startswith(".") for folder in folders):
        return None
    if name.lower() == VALIDATION:
        return VALIDATION
    for place, (canon, pattern) in PARTS.items():
        if match := pattern.fullmatch(name):
            return f"{place}/{canon.format(int(match[1]))}"
    return None


def arrange_paths(paths: Iterable[str]) -> dict[str, str]:
    """Canonical name and path of every file of the layout among some paths, parts in the order of their numbers.

    Raises:
        InputError: parts are missing, or two files are the same part; the message names them.
    """
    found: dict[str, str] = {}
    for path in sorted(paths):
        if name := canonical(path):
            if name in found:
                message = f"{found[name]} and {path} are the same part of the layout."
                raise InputError(message, fix="Keep one of them, or name the folder that holds only one.")
            found[name] = path
    if missing := missing_parts(found):
        raise InputError(
            f"these files of the challenge's layout are missing: {'; '.join(missing)}.",
            fix="Name the folder that holds treino_parte1.csv and so on, and itens-parte1.csv and so on.",
        )
    return dict(sorted(found.items(), key=lambda pair: (pair[0].rpartition("/")[0], _number(pair[0]))))


def find_files(folder: Path) -> dict[str, Path]:
    """The files of the layout in a folder, at any place in it: canonical name and where each is.

    Raises:
        InputError: see ``arrange_paths``; also a part that is no regular file, or a folder that is too deep or full.
    """
    try:
        files = {path.relative_to(folder).as_posix(): path for path in _walk(folder) if canonical(path.name)}
        found = {name: files[path] for name, path in arrange_paths(files).items()}
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror}).", fix="Check its rights and links.") from error
    except InputError as error:
        raise InputError(f"{folder}: {error.message}", fix=error.fix) from None
    return found


def missing_parts(names: Iterable[str]) -> list[str]:
    """An example of each kind of file that is missing in a set of canonical names.

    >>> missing_parts(["files/treino/treino_parte1.csv"])
    ['itens/itens/itens-parte1.csv, ...']
    """
    present = {name.rpartition("/")[0] for name in names}
    return [f"{place}/{canon.format(1)}, ..." for place, (canon, _) in PARTS.items() if place not in present]


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below the folder whose name is one of the layout; a folder that links lead back to is seen once."""
    seen: set[tuple[int, int]] = set()
    entries = 0
    for place, folders, files in os.walk(folder, followlinks=True, onerror=_stop):
        status = os.stat(place)
        depth = len(Path(place).relative_to(folder).parts)
        if (status.st_dev, status.st_ino) in seen or depth >= DEEPEST:
            folders.clear()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        entries += len(folders) + len(files)
        if entries > MOST_ENTRIES:
            raise InputError(f"holds more than {MOST_ENTRIES:,} files.", fix="Name the folder of the files itself.")
        yield from (_regular(Path(place) / name) for name in files if canonical(name))


def _stop(error: OSError) -> None:
    raise error


def _regular(path: Path) -> Path:
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError(f"{path.name} is no regular file.", fix="Put a copy of the file there.")
    return path


def _number(name: str) -> int:
    return int("0" + "".join(re.findall(r"\d+", name)))
