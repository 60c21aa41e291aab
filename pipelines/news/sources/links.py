"""Files that are already at hand: found by fingerprint, linked instead of fetched again."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from pipelines.runs import MANIFEST, Run


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system cannot (another device, no links), copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)


def link_tree(source: Path, target: Path, names: Iterable[str]) -> None:
    """Link the named files (paths relative to both folders)."""
    for name in names:
        link_or_copy(source / name, target / name)


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of every file below the folder, by relative path, the manifest left out."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def earlier_raw(root: Path, fingerprint: str) -> Run | None:
    """The newest complete raw run with this fingerprint whose files are all there in full, if any."""
    manifests = sorted((root / "raw").glob(f"[!.]*/{MANIFEST}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for manifest in manifests:
        run = Run(root, manifest.parent.name)
        facts = run.facts("raw")
        if facts.get("fingerprint") == fingerprint and facts.get("files") == sizes(manifest.parent):
            return run
    return None
