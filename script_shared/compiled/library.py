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
SOURCES = tuple(sorted(FOLDER.glob("*.c")))
ROUNDING = "-ffp-contract=off"  # round after every operation, as numpy does
OPTIONS = (
    "-O3",
    "-std=gnu11",
    "-shared",
    "-fPIC",
    ROUNDING,
)  # no options for one processor model, so that an image runs everywhere
LINKED = ("-lm",)  # the math library, which Python uses, too
MISSING = (
    "No working C compiler was found, so lists and counts are made without compiled code: the same ones, only slower. "
    "Install one ('apt-get install gcc libc6-dev'), then run python -m script_shared.compiled.library"
)


def path_of(sources: Sequence[Path] = SOURCES, folder: Path = FOLDER) -> Path:
    """The path of the library of this version of the sources; an older library has another path.

    Its name does not end in ``.so``, because Python would treat such a file as an extension module.

    Args:
        sources: in C.
        folder: of the libraries.
    """
    content = b"".join([source.read_bytes() for source in sources])
    return folder / f"lists-{sha256(content + ' '.join((*OPTIONS, *LINKED)).encode()).hexdigest()[:12]}.library"


def build(folder: Path = FOLDER, compiler: str | None = None) -> Path | None:
    """Compile the code; libraries of earlier sources are removed.

    Args:
        folder: where the library is written.
        compiler: a command; by default ``cc``, if there is one.

    Returns:
        the library; None without a working compiler.
    """
    if (command := compiler or shutil.which("cc") or shutil.which("gcc")) is None:
        return None
    target = path_of(folder=folder)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        made = Path(place) / target.name
        if subprocess.run([command, *OPTIONS, "-o", str(made), *map(str, SOURCES), *LINKED], check=False).returncode:
            return None  # the compiler printed the reason: for example, the headers of the C library are missing
        made.replace(target)  # a process that has the old file mapped keeps it
    for old in folder.glob("*.library"):
        if old != target:
            old.unlink()
    return target


@cache
def load(folder: Path = FOLDER) -> ctypes.PyDLL | None:
    """The library; None if it was not built. Its calls are short, so they keep the interpreter's lock.

    Args:
        folder: where it was built.
    """
    path = path_of(folder=folder)
    try:
        return ctypes.PyDLL(str(path)) if path.exists() else None
    except OSError:  # built for another processor, for example in a folder that two machines share
        return None


def main(arguments: Sequence[str]) -> None:
    """Compile the code and print whether it worked; with ``--if-changed``, only if the source changed, without output.

    Args:
        arguments: of the command line.
    """
    if "--if-changed" in arguments:
        if not path_of().exists():
            build()
        return
    print(MISSING if build() is None else "The code in C is compiled.", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
