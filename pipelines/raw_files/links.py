"""Files that are already at hand: found by fingerprint, linked instead of fetched again; others' files are copied."""

import fcntl
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pipelines.raw_files.given_path import stamp
from pipelines.runs import MANIFEST, Run
from script_shared.errors import TransientError

FICLONE = 0x40049409  # Linux: a copy that shares its blocks until one of the two is changed


def copy_file(source: Path, target: Path) -> None:
    """Copy a file that others may change; where the file system can, the copy shares its blocks until then.

    Args:
        source: the file.
        target: its folder is made when missing.

    Raises:
        TransientError: it changed while it was copied.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    before = stamp(source)
    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), FICLONE, old.fileno())
        except OSError:
            shutil.copyfileobj(old, new, 1 << 20)
    if stamp(source) != before:
        raise TransientError(f"{source}: changed while it was copied.", fix="Run again when it is written in full.")


def link_or_copy(source: Path, target: Path) -> None:
    """Give one of our own files, which never change, a second name, or copy it where the file system has no links.

    Args:
        source: a file; of a symbolic link, what it points at.
        target: a new file; its folders are made.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)


def link_tree(source: Path, target: Path, names: Iterable[str]) -> None:
    """Link the named files (paths relative to both folders).

    Args:
        source: folder that has the files.
        target: folder that gets them.
        names: relative paths.
    """
    for name in names:
        link_or_copy(source / name, target / name)


def sizes(folder: Path, *, within: str = "", without: str = "") -> dict[str, int]:
    """Bytes of every file below the folder, by relative path, the manifest left out.

    Args:
        folder: of a step, complete or not.
        within: only this folder of it.
        without: all but this folder of it.

    Returns:
        bytes by path relative to ``folder``, with ``/`` on every system, in order.
    """
    files = sorted(path for path in (folder / within).rglob("*") if path.is_file() and path.name != MANIFEST)
    found = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    return {name: size for name, size in found.items() if not without or not name.startswith(f"{without}/")}


def earlier_raws(root: Path, step: str = "raw") -> list[Run]:
    """All runs with complete raw data, newest first.

    Args:
        root: the use case's data folder.
        step: the folder of raw data.
    """
    manifests = sorted((root / step).glob(f"[!.]*/{MANIFEST}"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [Run(root, manifest.parent.name) for manifest in manifests]


def earlier_raw(root: Path, fingerprint: str, *, without: str = "", step: str = "raw") -> Run | None:
    """The newest complete raw run with this fingerprint whose files are all there in full, if any.

    Args:
        root: the use case's data folder.
        fingerprint: of the source's files now.
        without: a folder of it that does not count.
        step: the folder of raw data.
    """
    for run in earlier_raws(root, step):
        facts = run.facts(step)
        same = facts.get("fingerprint") == fingerprint
        if same and facts.get("files") == sizes(run.folder(step), without=without):
            return run
    return None
