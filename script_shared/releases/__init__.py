"""Releases: immutable, checksummed folders, and one small pointer that says which of them is in service.

    <root>/current                            the pointer (JSON), replaced atomically
    <root>/releases/<version>/manifest.json   written last: a version without it does not exist
    <root>/releases/<version>/files-<token>/  the files, as the manifest lists them with their checksums

Each attempt to publish writes to its own ``files-<token>``; the manifest names the one that counts. So two publishers
of one version cannot mix their files, and what a killed one leaves is never seen. Only an erasure changes a release:
its files without the erased people get a folder and checksums of their own (``rewrite``).
"""

from script_shared.releases.kept import CachedRelease
from script_shared.releases.records import FileEntry, Manifest, Pointer, Promotion
from script_shared.releases.store import Releases, open_releases

__all__ = ["CachedRelease", "FileEntry", "Manifest", "Pointer", "Promotion", "Releases", "open_releases"]
