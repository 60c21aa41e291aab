"""Removes people from a release: writes its files without them, under the same version with new checksums.

Nothing else ever changes a release. The new files go into a folder of their own, the manifest is replaced
by compare-and-swap, then the old folder is removed. Killed before the swap, the release is as it was and the new folder
is a leftover that ``prune`` removes; killed after it, the old folder is.
"""

import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from script_shared.errors import ReleaseConflictError
from script_shared.releases.pointer import change_pointer
from script_shared.releases.publish import scan
from script_shared.releases.records import Manifest, Pointer
from script_shared.releases.verify import read_manifest, refuse_differences, require_manifest
from script_shared.storage import Storage, open_storage
from script_shared.storage.transfers import download_files, in_threads

NOTE = "rewritten"  # in the facts of a manifest: when and why


def rewrite_releases(uri: str, versions: Collection[str], change: Callable[[Path], None], why: str) -> list[Manifest]:
    """Change the files of releases; services then load the release in service again.

    Args:
        uri: root of the releases.
        versions: versions to rewrite.
        change: changes a copy of a release's files; what it leaves as it was changes nothing.
        why: a sentence for people; kept in the manifests' facts.

    Returns:
        The manifests, with new folders and new checksums where a file changed.

    Raises:
        ReleaseMissingError: there is no such release.
        ReleaseCorruptError: a file is damaged; that release was not changed.
        ReleaseConflictError: another process deleted or rewrote it meanwhile; it was not changed.
    """
    storage = open_storage(uri)
    try:
        return [_rewrite(storage, version, change, why) for version in versions]
    finally:
        if versions:
            _note_rewriting(storage)


def _rewrite(storage: Storage, version: str, change: Callable[[Path], None], why: str) -> Manifest:
    key = f"releases/{version}/manifest.json"
    old, stored = require_manifest(storage, version), storage.read(key)
    with TemporaryDirectory(prefix="pauta-rewrite-") as scratch:
        copy = Path(scratch) / "release"
        refuse_differences(old, download_files(storage, old.base, old.files, copy), f"{storage.uri}/{old.base}")
        change(copy)
        files = scan(copy)
        if files == old.files:
            return old
        noted = [*old.facts.get(NOTE, []), {"at": datetime.now(UTC).isoformat(timespec="seconds"), "why": why}]
        folder, facts = f"files-{secrets.token_hex(6)}", {**old.facts, NOTE: noted}
        new = old.model_copy(update={"folder": folder, "files": files, "facts": facts})
        in_threads(lambda name: storage.upload(f"{new.base}/{name}", copy / name), files)
    if not storage.swap(key, new.encode(), stored) and not _has_arrived(storage, new):
        storage.remove(new.base)
        raise ReleaseConflictError(f"release {version}: was deleted or rewritten meanwhile.", fix="Do it again.")
    storage.remove(old.base)
    return new


def _note_rewriting(storage: Storage) -> None:
    """Count the rewriting in the pointer, so that services see that files changed."""

    def count(pointer: Pointer | None) -> Pointer | None:
        changed = {"rewritings": pointer.rewritings + 1, "revision": pointer.revision + 1} if pointer else {}
        return pointer and pointer.model_copy(update=changed)

    change_pointer(storage, count)


def _has_arrived(storage: Storage, manifest: Manifest) -> bool:
    """Whether the manifest is there although the answer to its swap was lost."""
    found = read_manifest(storage, manifest.version)
    return found is not None and found.folder == manifest.folder
