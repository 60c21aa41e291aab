"""Folders of steps on this machine: renamed to their place when complete, renamed away before they are deleted."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

MANIFEST = "_manifest.json"


def partial_of(final: Path) -> Path:
    """Where a folder is written until it is complete: a hidden name beside its place, different for each call.

    Args:
        final: the folder's place.
    """
    return final.with_name(f".{final.name}.{os.getpid()}-{secrets.token_hex(2)}.partial")


def take_name(partial: Path, final: Path) -> None:
    """Give a complete folder its name; a folder that has the name is replaced as a whole.

    Args:
        partial: made by ``partial_of(final)``.
        final: the folder's place.
    """
    if final.exists():
        old = partial.with_name(partial.name.replace(".partial", ".old.partial"))
        final.rename(old)
        partial.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    else:
        partial.rename(final)


def take_away(folder: Path) -> None:
    """Remove a folder. It is renamed first, because a half-removed folder must never look like a finished step.

    Args:
        folder: of a step; nothing happens if it is missing.
    """
    away = folder.with_name(f".{folder.name}.{secrets.token_hex(2)}.partial")
    with suppress(FileNotFoundError):
        folder.rename(away)
        shutil.rmtree(away, ignore_errors=True)
