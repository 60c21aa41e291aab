"""Uploads folders of this machine: the files first, the manifest last, so that nobody sees a half-uploaded folder."""

import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.lake.cache import Note, mark_checked, note_of, write_note
from pipelines.lake.record import MANIFESTS, FolderManifest, Lineage, Place, decode_manifest, place_of
from pipelines.run_folders import MANIFEST
from script_shared.errors import UnavailableError
from script_shared.releases.records import FileEntry
from script_shared.storage import Storage
from script_shared.storage.local import digest_file
from script_shared.storage.transfers import in_threads

ATTEMPTS = 5
STALE = timedelta(days=1)


def upload(storage: Storage, path: Path, place: Place, lineage: Lineage) -> FolderManifest:
    """Upload a complete folder; the one that the lake has at this place is replaced as a whole.

    Args:
        storage: the lake of the use case.
        path: the folder on this machine.
        place: of the folder.
        lineage: from what it was made.

    Raises:
        UnavailableError: the lake cannot be used; it still shows the folder that it had, or none.
    """
    manifest = _describe(path, place, lineage)
    try:
        in_threads(lambda name: storage.upload(f"{manifest.base}/{name}", path / name), manifest.files)
        replaced = _show(storage, manifest)
    except BaseException:
        with suppress(UnavailableError):
            storage.remove(manifest.base)
        raise
    if replaced is not None:
        storage.remove(replaced.base)
    write_note(path, Note(uri=storage.uri, tag="", manifest=manifest))
    mark_checked(path, manifest)
    return manifest


def upload_changed(storage: Storage, path: Path) -> bool:
    """Upload a folder that was changed in place, as an erasure does; its lineage stays.

    Args:
        storage: the lake of the use case.
        path: a folder with a note.

    Returns:
        Whether it was changed; a change shows in the step's own manifest.
    """
    note = note_of(path)
    if note is None or not (path / MANIFEST).is_file():
        return False
    if digest_file(path / MANIFEST).sha256 == note.manifest.facts_digest:
        return False
    upload(storage, path, note.manifest.place, note.manifest.lineage)
    return True


def remove_leftovers(storage: Storage) -> list[str]:
    """Remove files that no manifest names, left by killed uploads and deletions, a day after their last change.

    Args:
        storage: the lake of the use case.

    Returns:
        Keys of the removed folders.
    """
    places = [place for file in storage.files(MANIFESTS) if (place := place_of(file.name))]
    stored = [storage.read(place.key) for place in places]
    known = {
        decode_manifest(found.data, f"{storage.uri}/{place.key}").base
        for place, found in zip(places, stored, strict=True)
        if found is not None
    }
    old = [key for key in _stored_folders(storage, "folders", 4) if key not in known]
    left = [key for key in old if (at := storage.changed_at(key)) and datetime.now(UTC) - at > STALE]
    for key in left:
        storage.remove(key)
    return left


def _stored_folders(storage: Storage, base: str, depth: int) -> list[str]:
    """Keys of the folders of files: ``folders/<folder>/<run id>[/<part>]/files-<digits>``."""
    found = []
    for name in storage.folders(base) if depth else []:
        key = f"{base}/{name}"
        found += [key] if name.startswith("files-") else _stored_folders(storage, key, depth - 1)
    return found


def _describe(path: Path, place: Place, lineage: Lineage) -> FolderManifest:
    paths = sorted(path.rglob("*"))
    names = [file.relative_to(path).as_posix() for file in paths if file.is_file()]
    digests = in_threads(lambda name: digest_file(path / name), names)
    entries = [FileEntry(sha256=digest.sha256, bytes=digest.bytes) for digest in digests]
    return FolderManifest(
        **place._asdict(),
        lineage=lineage,
        written_at=datetime.now(UTC),
        finished_ns=(path / MANIFEST).stat().st_mtime_ns,
        stored_in=f"files-{secrets.token_hex(6)}",
        files=dict(zip(names, entries, strict=True)),
        folders=[folder.relative_to(path).as_posix() for folder in paths if folder.is_dir()],
        facts=(path / MANIFEST).read_text(encoding="utf-8"),
    )


def _show(storage: Storage, manifest: FolderManifest) -> FolderManifest | None:
    """Replace the manifest; returns the one that was replaced."""
    key, data = manifest.place.key, manifest.model_dump_json(indent=1).encode()
    for _ in range(ATTEMPTS):
        before = storage.read(key)
        if storage.swap(key, data, before):
            return decode_manifest(before.data, f"{storage.uri}/{key}") if before else None
    raise UnavailableError(f"{storage.uri}/{key}: other machines write the same folder.", fix="Repeat the step later.")
