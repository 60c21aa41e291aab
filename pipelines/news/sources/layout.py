"""The challenge's layout: which files raw data consists of, and what is missing in a folder."""

import re
from collections.abc import Iterable
from pathlib import Path

from script_shared.errors import InputError

PARTS = {  # place in the layout: what its files are called
    "files/treino": re.compile(r"treino_parte\d+\.csv"),
    "itens/itens": re.compile(r"itens-parte\d+\.csv"),
}
EXAMPLES = {"files/treino": "treino_parte1.csv", "itens/itens": "itens-parte1.csv"}
VALIDATION = "validacao.csv"  # optional; at the top or in files/
_ORDER = re.compile(r"\d+")


def canonical(path: str) -> str | None:
    """Where a file belongs in the layout, given its path in a folder or an archive; None when it is no part of it.

    >>> canonical("dados/files/treino/treino_parte1.csv"), canonical("__MACOSX/itens/itens/._itens-parte1.csv")
    ('files/treino/treino_parte1.csv', None)
    """
    place, _, name = path.rpartition("/")
    if "__MACOSX" in path:
        return None
    if name == VALIDATION:
        return VALIDATION
    for folder, pattern in PARTS.items():
        if pattern.fullmatch(name) and (place == folder or place.endswith(f"/{folder}")):
            return f"{folder}/{name}"
    return None


def find_files(folder: Path) -> dict[str, Path]:
    """The files of the layout in a folder: canonical relative path and where it is.

    Raises:
        InputError: parts of the layout are missing; the message lists them.
    """
    found: dict[str, Path] = {}
    for place, pattern in PARTS.items():
        names = [path for path in (folder / place).glob("*.csv") if pattern.fullmatch(path.name)]
        found |= {f"{place}/{path.name}": path for path in sorted(names, key=_part_number)}
    if missing := missing_parts(found):
        raise InputError(
            f"{folder}: these files of the challenge's layout are missing: {'; '.join(missing)}.",
            fix="Name the folder that holds files/ and itens/ (validacao.csv is optional).",
        )
    for validation in (folder / VALIDATION, folder / "files" / VALIDATION):
        if validation.is_file():
            found[VALIDATION] = validation
            break
    return found


def missing_parts(names: Iterable[str]) -> list[str]:
    """What a set of canonical names lacks: an example of each kind of file that is not there.

    >>> missing_parts(["files/treino/treino_parte1.csv"])
    ['itens/itens/itens-parte1.csv, ...']
    """
    present = {name.rpartition("/")[0] for name in names}
    return [f"{place}/{EXAMPLES[place]}, ..." for place in PARTS if place not in present]


def _part_number(path: Path) -> int:
    return int("".join(_ORDER.findall(path.stem)))
