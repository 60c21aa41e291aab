"""Which releases a storage has."""

import logging

from script_shared.errors import PautaError
from script_shared.releases.records import Manifest, is_version
from script_shared.releases.verify import require_manifest
from script_shared.storage import Storage
from script_shared.storage.transfers import in_threads

log = logging.getLogger("script_shared.releases")


def versions(storage: Storage) -> list[str]:
    """Names of all releases, damaged ones too, sorted by name.

    Args:
        storage: where releases are.
    """
    names = [name for name in storage.folders("releases") if is_version(name)]
    found = in_threads(storage.read, [f"releases/{name}/manifest.json" for name in names])
    return [name for name, stored in zip(names, found, strict=True) if stored]


def manifests(storage: Storage) -> list[Manifest]:
    """All releases, newest first. One whose manifest is damaged is left out, and logged."""
    found = []
    for version in versions(storage):
        try:
            found.append(require_manifest(storage, version))
        except PautaError as error:
            log.warning("release %s is skipped in the list: %s", version, error)
    return sorted(found, key=lambda manifest: (manifest.created_at, manifest.version), reverse=True)
