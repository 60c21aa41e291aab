"""The release that was in service on this machine last, out of the cache: for a start without the release store."""

import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from script_shared.errors import ReleaseCorruptError
from script_shared.releases.fetch import copy_of
from script_shared.releases.records import Manifest, Pointer
from script_shared.releases.verify import verify_folder
from script_shared.storage.local import PARTIAL

FILE = "in_service.json"
log = logging.getLogger(__name__)


class _Note(BaseModel):
    pointer: Pointer
    manifest: Manifest


@dataclass(frozen=True)
class CachedRelease:
    """A release in the cache.

    Attributes:
        pointer: as it was when the release came into service.
        manifest: what the release is.
        folder: its files, all checksums verified.
    """

    pointer: Pointer
    manifest: Manifest
    folder: Path


def keep(cache: Path, pointer: Pointer, manifest: Manifest) -> None:
    """Note which release in the cache folder is in service; a folder that cannot be written is logged."""
    partial = cache / f".{FILE}.{os.getpid()}-{secrets.token_hex(2)}{PARTIAL}"
    try:
        partial.write_text(_Note(pointer=pointer, manifest=manifest).model_dump_json(), encoding="utf-8")
        partial.replace(cache / FILE)
    except OSError as error:
        log.warning("the release in service is not noted in the cache: %s", error.strerror)


def cached_release(cache: Path) -> CachedRelease | None:
    """What ``keep`` noted; None where there is nothing, or where it is damaged."""
    try:
        note = _Note.model_validate_json((cache / FILE).read_bytes())
        folder = copy_of(note.manifest, cache)
        verify_folder(folder, note.manifest)
    except (OSError, ValueError, ReleaseCorruptError) as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("the release in the cache cannot be used: %s", error)
        return None
    return CachedRelease(note.pointer, note.manifest, folder)
