"""Builds and finds the C library; ``python -m script_shared.compiled.library`` builds it, as ``make install`` does."""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "trees.c"
OPTIONS = ("-O3", "-std=gnu11", "-shared", "-fPIC")  # for any such processor, so that an image runs everywhere
MISSING = (
    "No working C compiler was found, so lists are ranked without compiled code: the same lists, 0.3 to 0.5 ms later. "
    "Install one ('apt-get install gcc libc6-dev'), then run python -m script_shared.compiled.library"
)


def path_of(source: Path = SOURCE, folder: Path = FOLDER) -> Path:
    """The path of the library of this version of the source; an older library has another path.

    Its name does not end in ``.so``, or Python would take it for one of its own modules.

    Args:
        source: in C.
        folder: of libraries.
    """
    return folder / f"trees-{sha256(source.read_bytes()).hexdigest()[:12]}.library"


def build(folder: Path = FOLDER, compiler: str | None = None) -> Path | None:
    """Compile the code; libraries of earlier sources are removed.

    Args:
        folder: where the library is written.
        compiler: a command; by default ``cc``, where there is one.

    Returns:
        the library; None without a compiler that works.
    """
    if (command := compiler or shutil.which("cc") or shutil.which("gcc")) is None:
        return None
    target = path_of(folder=folder)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        made = Path(place) / target.name
        if subprocess.run([command, *OPTIONS, "-o", str(made), str(SOURCE)], check=False).returncode:
            return None  # the compiler has said why: the headers of the C library are missing, for example
        made.replace(target)  # a process that has the old file mapped keeps it
    for old in folder.glob("trees-*.library"):
        if old != target:
            old.unlink()
    return target


@cache
def load(folder: Path = FOLDER) -> ctypes.PyDLL | None:
    """The library; None where it was not built. Its calls are short, so they keep the interpreter's lock.

    Args:
        folder: where it was built.
    """
    path = path_of(folder=folder)
    try:
        return ctypes.PyDLL(str(path)) if path.exists() else None
    except OSError:  # built for another processor, as in a folder that two machines share
        return None


def main(arguments: Sequence[str]) -> None:
    """Compile the code and say whether that worked; with ``--if-changed`` only after a change of the source, silently.

    Args:
        arguments: of the command.
    """
    if "--if-changed" in arguments:
        if not path_of().exists():
            build()
        return
    print(MISSING if build() is None else "The code in C is compiled.", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
