"""Publishing: the files first, the manifest last, and only if the version is still free."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from script_shared.errors import InputError, ReleaseConflictError
from script_shared.releases.records import FileEntry, Manifest, check_path, check_version
from script_shared.releases.verify import read_manifest
from script_shared.storage import Storage
from script_shared.storage.local import digest_file
from script_shared.storage.transfers import in_threads


def publish(storage: Storage, folder: Path, version: str, facts: dict[str, Any], run_id: str) -> Manifest:
    """Copy the files of ``folder`` into the storage as release ``version``.

    Publishing the same files under the same version again changes nothing and returns the manifest that is there.

    Args:
        storage: where releases are.
        folder: the finished files, on this machine.
        version: of the release, letters, digits and ``_ . + -``.
        facts: facts about it for people and the gate, as JSON values.
        run_id: of the run that made it.

    Raises:
        InputError: the folder is missing or empty, holds a link, or a name is not allowed.
        ReleaseConflictError: the version exists with other files.
    """
    check_version(version)
    files = scan(folder)
    if (existing := read_manifest(storage, version)) is not None:
        return _same_or_conflict(existing, files)
    manifest = Manifest(
        version=version,
        created_at=datetime.now(UTC),
        run_id=run_id,
        folder=f"files-{secrets.token_hex(6)}",
        files=files,
        facts=facts,
    )
    key = f"releases/{version}/manifest.json"
    try:
        in_threads(lambda name: storage.upload(f"{manifest.base}/{name}", folder / name), files)
        if storage.swap(key, manifest.encode(), None):
            return manifest
    except BaseException:
        _clear(storage, manifest)
        raise
    return _published_meanwhile(storage, manifest)


def _published_meanwhile(storage: Storage, manifest: Manifest) -> Manifest:
    """The version was published while we copied: by another process, or by us with the answer lost."""
    winner = read_manifest(storage, manifest.version)
    if winner is None:
        raise ReleaseConflictError(f"release {manifest.version}: was deleted meanwhile.", fix="Publish it again.")
    if winner.folder != manifest.folder:
        storage.remove(manifest.base)
    return _same_or_conflict(winner, manifest.files)


def _clear(storage: Storage, manifest: Manifest) -> None:
    """Remove the files of a failed attempt, unless its manifest did arrive."""
    winner = read_manifest(storage, manifest.version)
    if winner is None or winner.folder != manifest.folder:
        storage.remove(manifest.base)


def _same_or_conflict(existing: Manifest, files: dict[str, FileEntry]) -> Manifest:
    if existing.files == files:
        return existing
    raise ReleaseConflictError(
        f"release {existing.version} exists since {existing.created_at:%Y-%m-%d %H:%M:%S} with other files.",
        fix="A release never changes: publish under another version.",
    )


def scan(folder: Path) -> dict[str, FileEntry]:
    """Checksum and size of every file below ``folder``, by relative path, sorted."""
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    if not paths:
        raise InputError(f"{folder}: no files to publish.", fix="Name the folder of an assembled release.")
    for path in paths:
        check_path(path.relative_to(folder).as_posix())
        if path.is_symlink() or not path.is_file():
            raise InputError(f"{path}: is not a regular file.", fix="A release has regular files only.")
    digests = in_threads(digest_file, paths)
    return {
        path.relative_to(folder).as_posix(): FileEntry(sha256=digest.sha256, bytes=digest.bytes)
        for path, digest in zip(paths, digests, strict=True)
    }
