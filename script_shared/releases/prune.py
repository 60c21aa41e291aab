"""Deleting old releases without ever taking one away that is, or is about to be, in service."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from script_shared.errors import ReleaseCorruptError
from script_shared.releases.pointer import KEY as POINTER
from script_shared.releases.pointer import change_pointer, decode_pointer, with_retiring
from script_shared.releases.records import Manifest, Pointer, is_version
from script_shared.releases.verify import read_manifest
from script_shared.storage import Storage

STALE = timedelta(days=1)


def prune(storage: Storage, manifests: list[Manifest], keep: int) -> list[str]:
    """Delete all releases but the newest ``keep``, pinned ones, that in service and that which a rollback would take.

    A version is first written into the pointer's ``retiring`` list, from where nobody can promote it any more; then its
    manifest goes, then its files. Killed in between, the next prune goes on. Nothing is deleted before a first promote.

    Args:
        storage: the root.
        manifests: the releases there are, newest first.
        keep: how many besides the one in service.

    Returns:
        The deleted versions.
    """
    pointer = decode_pointer(storage.read(POINTER), storage.uri)
    if pointer is None:
        return []
    others = [manifest.version for manifest in manifests if manifest.version != pointer.version]
    retired = _retire(storage, others[keep:])
    for version in retired:
        _delete(storage, version)
    change_pointer(storage, lambda now: _without(now, retired))
    return retired


def _retire(storage: Storage, versions: list[str]) -> list[str]:
    def retire(pointer: Pointer | None) -> Pointer | None:
        if pointer is None:
            return None
        needed = {pointer.version, *pointer.earlier()[:1], *(pin.version for pin in pointer.pins)}
        retiring = sorted({*pointer.retiring, *versions} - needed)
        return with_retiring(pointer, retiring) if retiring != pointer.retiring else None

    pointer = change_pointer(storage, retire)
    return pointer.retiring if pointer else []


def _without(pointer: Pointer | None, versions: list[str]) -> Pointer | None:
    if pointer is None or not set(versions) & set(pointer.retiring):
        return None
    return with_retiring(pointer, [version for version in pointer.retiring if version not in versions])


def _delete(storage: Storage, version: str) -> None:
    manifest = read_manifest(storage, version)
    if manifest is not None:
        storage.remove(f"releases/{version}/manifest.json")
        storage.remove(manifest.base)


def remove_leftovers(storage: Storage, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> list[str]:
    """Remove folders that no manifest names (left by killed or losing publishers), a day after their last change.

    Args:
        storage: where releases are.
        now: the clock.

    Returns:
        Keys of the removed folders.
    """
    removed = []
    for version in storage.folders("releases"):
        for key in _leftovers(storage, version):
            changed = storage.changed_at(key)
            if changed is not None and now() - changed > STALE:
                storage.remove(key)
                removed.append(key)
    return removed


def _leftovers(storage: Storage, version: str) -> list[str]:
    """Folders of one version that no manifest names; the folder of the version itself when it holds nothing else."""
    base = f"releases/{version}"
    if not is_version(version) or storage.read(f"{base}/manifest.json") is None:
        return [base]
    try:
        manifest = read_manifest(storage, version)
    except ReleaseCorruptError:
        return []  # a person should look at it
    named = manifest.folder if manifest else ""
    return [f"{base}/{name}" for name in storage.folders(base) if name != named]
