"""Read manifests, and compare a release's files with them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from script_shared.errors import ReleaseCorruptError, ReleaseMissingError
from script_shared.releases.records import FileEntry, Manifest, check_version, decode
from script_shared.storage import Digest, Storage
from script_shared.storage.local import digest_file
from script_shared.storage.transfers import in_threads

T = TypeVar("T")
REPAIR = "Serve another one (python -m pipelines releases rollback) and publish this one again under a new version."


def read_manifest(storage: Storage, version: str) -> Manifest | None:
    """The manifest of a release, or None when there is no such release.

    Args:
        storage: where releases are.
        version: of the release.

    Raises:
        ReleaseCorruptError: the manifest cannot be read, or is that of another version.
    """
    key = f"releases/{check_version(version)}/manifest.json"
    stored = storage.read(key)
    if stored is None:
        return None
    manifest = decode(Manifest, stored.data, f"manifest {storage.uri}/{key}", REPAIR)
    if manifest.version != version:
        raise ReleaseCorruptError(f"manifest {storage.uri}/{key} belongs to {manifest.version!r}.", fix=REPAIR)
    return manifest


def require_manifest(storage: Storage, version: str) -> Manifest:
    """The manifest of a release.

    Args:
        storage: where releases are.
        version: of the release.

    Raises:
        ReleaseMissingError: there is no such release.
    """
    manifest = read_manifest(storage, version)
    if manifest is None:
        raise ReleaseMissingError(
            f"release {version!r} does not exist in {storage.uri}.", fix="See python -m pipelines releases list."
        )
    return manifest


def with_manifest(storage: Storage, version: str, work: Callable[[Manifest], T]) -> tuple[T, Manifest]:
    """Read files of a release with its manifest; once again where the files were replaced meanwhile.

    Args:
        storage: where the release is.
        version: of the release.
        work: reads the files that the manifest names.

    Returns:
        what ``work`` returned, and the manifest that it got.

    Raises:
        ReleaseMissingError: there is no such release.
        ReleaseCorruptError: a file is missing or differs.
    """
    manifest = require_manifest(storage, version)
    try:
        return work(manifest), manifest
    except ReleaseCorruptError:
        now = require_manifest(storage, version)
        if now.folder == manifest.folder:
            raise
        return work(now), now


def verify(storage: Storage, manifest: Manifest) -> None:
    """Read every file and compare it with the manifest.

    Args:
        storage: where the release is; all of its files are read.
        manifest: of the release.

    Raises:
        ReleaseCorruptError: a file is missing or differs; names the first and counts the others.
    """
    found = in_threads(lambda name: _stored_digest(storage, f"{manifest.base}/{name}"), manifest.files)
    refuse_differences(manifest, found, f"{storage.uri}/{manifest.base}")


def verify_folder(folder: Path, manifest: Manifest) -> None:
    """The same for a copy on this machine, one file after the other: a service may need the other processors.

    Args:
        folder: the copy.
        manifest: of the release.

    Raises:
        ReleaseCorruptError: a file is missing or differs.
    """
    found = [_local_digest(folder / name) for name in manifest.files]
    refuse_differences(manifest, found, str(folder))


def refuse_differences(manifest: Manifest, found: list[Digest | None], place: str) -> None:
    """Compare what was found with a manifest.

    Args:
        manifest: of the release.
        found: size and checksum of each file in the manifest's order, None for one that is missing.
        place: of the files, for the message.

    Raises:
        ReleaseCorruptError: a file is missing or differs.
    """
    bad = [
        f"{place}/{name} {problem}"
        for (name, entry), digest in zip(manifest.files.items(), found, strict=True)
        if (problem := _problem(entry, digest))
    ]
    if bad:
        more = f" (and {len(bad) - 1} more of {len(manifest.files)} files)" if len(bad) > 1 else ""
        raise ReleaseCorruptError(f"release {manifest.version}: {bad[0]}{more}.", fix=REPAIR)


def _problem(entry: FileEntry, digest: Digest | None) -> str:
    if digest is None:
        return "is missing"
    if digest.bytes != entry.bytes:
        return f"has {digest.bytes} bytes, the manifest says {entry.bytes}"
    return "" if digest.sha256 == entry.sha256 else "has another checksum than the manifest says"


def _stored_digest(storage: Storage, key: str) -> Digest | None:
    try:
        return storage.digest(key)
    except FileNotFoundError:
        return None


def _local_digest(path: Path) -> Digest | None:
    try:
        return digest_file(path)
    except FileNotFoundError:
        return None
