"""A release on this machine: in place in a local root, or downloaded, checked and cached."""

import os
import secrets
import shutil
from hashlib import blake2b
from pathlib import Path

from script_shared.errors import PautaError, ReleaseCorruptError, UnavailableError
from script_shared.releases.records import Manifest
from script_shared.releases.verify import read_manifest, refuse_differences, verify_folder
from script_shared.storage import Storage
from script_shared.storage.local import PARTIAL, file_lock
from script_shared.storage.transfers import download_files

KEPT = 3  # releases in the cache: the one in service, the one before, and the one that comes
DOWNLOAD_SECONDS = 1_800.0


def fetch(storage: Storage, manifest: Manifest, cache_dir: Path) -> Path:
    """The folder of the release's files on this machine, every checksum verified.

    Args:
        storage: where the release is.
        manifest: of the release.
        cache_dir: folder for copies of releases in an object store; a local store is read in place.

    Raises:
        ReleaseCorruptError: a file differs from the manifest or is missing.
        UnavailableError: the store, or the cache folder, cannot be used.
    """
    folder = storage.path(manifest.base)
    if folder is not None:
        verify_folder(folder, manifest)
        return folder
    cache = cache_of(storage, cache_dir)
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(cache / ".lock", DOWNLOAD_SECONDS):
            return _from_cache(storage, manifest, cache)
    except OSError as error:
        raise UnavailableError(
            f"{cache}: {error.strerror}.", fix="Check PAUTA_CACHE_DIR and its free space."
        ) from error


def cache_of(storage: Storage, cache_dir: Path) -> Path:
    """The folder in the cache for releases of one root."""
    return cache_dir / blake2b(storage.uri.encode(), digest_size=6).hexdigest()


def copy_of(manifest: Manifest, cache: Path) -> Path:
    """The folder of a release's copy in that folder."""
    return cache / f"{manifest.version}.{manifest.folder}"


def _from_cache(storage: Storage, manifest: Manifest, cache: Path) -> Path:
    target = copy_of(manifest, cache)
    if not _good(target, manifest):
        _download(storage, manifest, target)
    os.utime(target)
    _prune(storage, cache, target)
    return target


def _good(folder: Path, manifest: Manifest) -> bool:
    try:
        verify_folder(folder, manifest)
    except ReleaseCorruptError:
        return False
    return True


def _download(storage: Storage, manifest: Manifest, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(2)}{PARTIAL}")
    try:
        found = download_files(storage, manifest.base, manifest.files, partial)
        refuse_differences(manifest, found, f"{storage.uri}/{manifest.base}")
        if target.exists():  # a damaged copy
            target.rename(partial.with_name(f".old{partial.name}"))
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _prune(storage: Storage, cache: Path, target: Path) -> None:
    """Keep the newest releases; remove what killed downloads left. Nobody else writes here: the lock is held."""
    entries = sorted((path for path in cache.iterdir() if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    kept = [path for path in entries if not path.name.startswith(".")][:KEPT]
    kept = [path for path in kept if not _was_replaced(storage, path)]
    for path in entries:
        if path not in kept and path != target:
            shutil.rmtree(path, ignore_errors=True)


def _was_replaced(storage: Storage, copy: Path) -> bool:
    """Whether a copy holds people who have since been removed from the release."""
    version, _, folder = copy.name.rpartition(".")
    try:
        manifest = read_manifest(storage, version)
    except PautaError:
        return False
    return manifest is not None and manifest.folder != folder
