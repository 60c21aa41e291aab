"""The releases of one use case: publish, promote, roll back, verify, prune."""

import builtins
from collections.abc import Collection
from pathlib import Path
from typing import Any

from script_shared.errors import InputError, UnavailableError
from script_shared.releases import fetch as fetching
from script_shared.releases import kept as keeping
from script_shared.releases import listing
from script_shared.releases import pins as pinning
from script_shared.releases import pointer as pointers
from script_shared.releases import prune as pruning
from script_shared.releases import publish as publishing
from script_shared.releases.kept import CachedRelease
from script_shared.releases.moves import move, roll_back
from script_shared.releases.records import Manifest, Pointer
from script_shared.releases.verify import require_manifest, verify, with_manifest
from script_shared.settings import Settings, own_cache
from script_shared.storage import StoredObject, open_storage


class Releases:
    """Releases below one root, such as ``models/news`` or ``s3://bucket/models/news``.

    All methods are safe to call from several threads, processes and machines at once. Whatever the place itself
    refuses (network, credentials, disk) is raised as UnavailableError.

    Args:
        uri: the root; see ``script_shared.storage.open_storage``. It is made with the first publish.
        cache_dir: where releases of an object store are downloaded to; unused for a local root.
    """

    def __init__(self, uri: str | Path, cache_dir: Path | None = None) -> None:
        self._storage = open_storage(uri)
        self._cache_dir = cache_dir or own_cache()
        self._seen: tuple[StoredObject, Pointer] | None = None

    @property
    def uri(self) -> str:
        """The root."""
        return self._storage.uri

    def current(self) -> Pointer | None:
        """The release in service, None before the first; cheap: a small read, or a conditional GET answered 304.

        Raises:
            ReleaseCorruptError: the pointer is damaged.
            UnavailableError: it is not there any more; a pointer is never deleted, so the place is not what it was.
        """
        seen = self._seen
        stored = self._storage.read(pointers.KEY, seen[0] if seen else None)
        if seen and stored is seen[0]:
            return seen[1]
        if seen and stored is None:
            raise UnavailableError(
                f"{self.uri}: the release store is empty or was removed; it held {seen[1].version}.",
                fix="Mount or restore it; what is in service stays.",
            )
        pointer = pointers.decode_pointer(stored, self.uri)
        self._seen = (stored, pointer) if stored and pointer else None
        return pointer

    def versions(self) -> builtins.list[str]:
        """Names of all releases, damaged ones too, sorted by name."""
        return listing.versions(self._storage)

    def manifest(self, version: str) -> Manifest:
        """The manifest of a release.

        Args:
            version: of the release.

        Raises:
            ReleaseMissingError: there is no such release.
            ReleaseCorruptError: its manifest is damaged.
        """
        return require_manifest(self._storage, version)

    def list(self) -> builtins.list[Manifest]:
        """All releases, newest first. One whose manifest is damaged is left out, and logged."""
        return listing.manifests(self._storage)

    def publish(self, folder: Path, version: str, facts: dict[str, Any] | None = None, *, run_id: str = "") -> Manifest:
        """Add a release: copies every file below ``folder``. It is not in service before ``promote``.

        The same files under the same version again change nothing and give the manifest that is there.

        Args:
            folder: the files; plain names, no links.
            version: letters, digits, ``_ . + -``; never used before.
            facts: JSON values to keep in the manifest, such as metrics. nan becomes null.
            run_id: the pipeline run that made it.

        Raises:
            InputError: the version or a file name is not allowed, or the folder is empty.
            ReleaseConflictError: the version exists with other files, or somebody else took it meanwhile.
        """
        return publishing.publish(self._storage, folder, version, facts or {}, run_id)

    def promote(
        self,
        version: str,
        reason: str,
        *,
        by: str = "pipeline",
        expect: str | None = None,
        check: bool = True,
        replace_damaged: bool = False,
    ) -> Pointer:
        """Put a release into service: moves the pointer. Promoting what is in service already changes nothing.

        Args:
            version: the release.
            reason: in words; kept in the history.
            by: who wants it.
            expect: the version that must be in service now ("" for none); None accepts any.
            check: read every file and compare its checksum first.
            replace_damaged: start a new pointer when the present one cannot be read; its history is lost.

        Raises:
            ReleaseMissingError: there is no such release, or it is being deleted.
            ReleaseCorruptError: one of its files, or the pointer, is damaged; nothing was moved.
            ReleaseConflictError: another version than ``expect`` is in service.
        """
        if check:
            self.verify(version)
        return move(self._storage, version, reason, by, "promote", expect=expect, replace_damaged=replace_damaged)

    def rollback(self, reason: str, *, by: str = "person", among: Collection[str] | None = None) -> Pointer:
        """Put the previous release back into service; repeating it goes one further back.

        Releases that are gone or damaged are passed over.

        Args:
            reason: in words; kept in the history.
            by: who wants it.
            among: the only versions that it may go back to; None for any.

        Raises:
            ReleaseMissingError: there is no earlier release to roll back to.
        """
        return roll_back(self._storage, self.current(), reason, by, among)

    def pin(self, version: str, reason: str, *, by: str = "person") -> Pointer:
        """Protect a release from rollbacks by programs and from ``prune``; see ``script_shared.releases.pins``.

        Args:
            version: of the release.
            reason: a sentence, for people and the record of decisions.
            by: who wants it.
        """
        return pinning.pin(self._storage, version, reason, by)

    def unpin(self, version: str) -> Pointer:
        """Take a pin back.

        Args:
            version: of the release.

        Raises:
            InputError: the release is not pinned.
        """
        return pinning.unpin(self._storage, version)

    def verify(self, version: str) -> Manifest:
        """Read every file of a release and compare it with the manifest.

        Args:
            version: of the release.

        Raises:
            ReleaseMissingError: there is no such release.
            ReleaseCorruptError: names the first file that differs or is missing.
        """
        return with_manifest(self._storage, version, lambda manifest: verify(self._storage, manifest))[1]

    def fetch(self, version: str) -> Path:
        """A folder on this machine with the release's files, all checksums verified. Read it, never write to it.

        A local root gives its own folder. From an object store the files are downloaded in parallel into the cache,
        which takes its name only when complete; a good copy there is used again, older ones are removed.

        Args:
            version: of the release.

        Raises:
            ReleaseMissingError: there is no such release.
            ReleaseCorruptError: a file differs from the manifest or is missing.
        """
        return self.fetch_with_manifest(version)[0]

    def fetch_with_manifest(self, version: str) -> tuple[Path, Manifest]:
        """As ``fetch``, with the manifest that the files were compared with.

        Args:
            version: of the release.
        """
        storage, cache_dir = self._storage, self._cache_dir
        return with_manifest(storage, version, lambda manifest: fetching.fetch(storage, manifest, cache_dir))

    def keep(self, pointer: Pointer, manifest: Manifest) -> None:
        """Note that a fetched release is in service here, for a start while the store is unreachable.

        Only for an object store: the files of a local root are in no cache.

        Args:
            pointer: that named the release.
            manifest: of the release.
        """
        if self._storage.path(manifest.base) is None:
            keeping.keep(self._cache(), pointer, manifest)

    def cached_release(self) -> CachedRelease | None:
        """The release that was in service here last, from the cache, all checksums verified; None for none."""
        return keeping.cached_release(self._cache())

    def _cache(self) -> Path:
        return fetching.cache_of(self._storage, self._cache_dir)

    def prune(self, keep: int) -> builtins.list[str]:
        """Delete all but the newest ``keep`` releases besides the one in service; never what a rollback would take.

        Also removes what killed publishers left more than a day ago. Before the first promote nothing is deleted.

        Args:
            keep: releases to keep, 0 or more.

        Returns:
            The deleted versions.

        Raises:
            InputError: ``keep`` is negative.
        """
        if keep < 0:
            raise InputError(f"cannot keep {keep} releases.", fix="Give 0 or more.")
        deleted = pruning.prune(self._storage, self.list(), keep)
        pruning.remove_leftovers(self._storage)
        return deleted


def open_releases(settings: Settings, use_case: str) -> Releases:
    """The releases of a use case at the URI of the settings; nothing is read yet.

    Args:
        settings: ``models_uri`` is a folder or ``s3://bucket/path``; ``cache_dir`` takes copies.
        use_case: its name, which is the folder below that URI.
    """
    return Releases(f"{settings.models_uri.rstrip('/')}/{use_case}", settings.cache_dir / use_case)
