"""Copies of the releases of a use case: a store that can be used in place, in a folder."""

import os
from pathlib import Path

from pipelines.backup.saved import SavedReleases
from script_shared.errors import ReleaseMissingError, TransientError
from script_shared.releases import Manifest
from script_shared.releases.listing import versions
from script_shared.releases.pointer import KEY, decode_pointer
from script_shared.releases.records import FileEntry
from script_shared.releases.verify import refuse_differences, require_manifest
from script_shared.storage import Storage, open_storage
from script_shared.storage.local import digest_file
from script_shared.storage.transfers import download_files


def copy_releases(uri: str, target: Path, before: Path | None) -> SavedReleases:
    """Copy all releases of a store and its pointer. The pointer is read first, so its release is always copied.

    Args:
        uri: the root of the use case's releases.
        target: folder that becomes a store with the same releases.
        before: the same folder in the previous backup; files that are equal there take no space again.

    Raises:
        ReleaseCorruptError: a file differs from its manifest.
        TransientError: the release in service changed meanwhile.
    """
    storage = open_storage(uri)
    stored = storage.read(KEY)
    pointer = decode_pointer(stored, storage.uri)
    kept = [version for version in versions(storage) if _copy(storage, version, target, before)]
    if pointer is not None and pointer.version not in kept:
        raise TransientError(f"release {pointer.version} was replaced while it was copied.", fix="Try again.")
    if stored is not None:
        target.mkdir(parents=True, exist_ok=True)
        (target / KEY).write_bytes(stored.data)
    return SavedReleases(current=pointer.version if pointer else None, versions=tuple(kept))


def _copy(storage: Storage, version: str, target: Path, before: Path | None) -> bool:
    """Copy a release; False if it is gone, because maintenance may remove it meanwhile or erase people from it."""
    try:
        manifest = require_manifest(storage, version)
    except ReleaseMissingError:
        return False
    missing = [name for name, entry in manifest.files.items() if not _link(manifest, name, entry, target, before)]
    found = download_files(storage, manifest.base, missing, target / manifest.base)
    if None in found and _was_removed(storage, manifest):
        return False
    part = manifest.model_copy(update={"files": {name: manifest.files[name] for name in missing}})
    refuse_differences(part, found, f"{storage.uri}/{manifest.base}")
    (target / "releases" / version).mkdir(parents=True, exist_ok=True)
    (target / "releases" / version / "manifest.json").write_bytes(manifest.encode())
    return True


def _was_removed(storage: Storage, manifest: Manifest) -> bool:
    try:
        return require_manifest(storage, manifest.version).folder != manifest.folder
    except ReleaseMissingError:
        return True


def _link(manifest: Manifest, name: str, entry: FileEntry, target: Path, before: Path | None) -> bool:
    """Link the file of the previous backup if its checksum is that of the manifest."""
    if before is None:
        return False
    earlier, new = before / manifest.base / name, target / manifest.base / name
    try:
        if digest_file(earlier).sha256 != entry.sha256:
            return False
        new.parent.mkdir(parents=True, exist_ok=True)
        os.link(earlier, new)
    except OSError:  # not there, or a disk without links
        return False
    return True
