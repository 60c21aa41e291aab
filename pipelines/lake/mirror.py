"""Brings the folders of this machine in line with the lake: new ones with their manifest alone, no deleted ones."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.lake.cache import NOTE, Note, note_of, remove_copy, write_facts_alone, write_note
from pipelines.lake.going_on import is_written_here, show_marks
from pipelines.lake.record import MANIFESTS, Place, decode_manifest, place_of
from pipelines.run_folders import MANIFEST
from script_shared.storage import File, Storage
from script_shared.storage.local import digest_file
from script_shared.storage.transfers import in_threads


def mirror(storage: Storage, root: Path) -> None:
    """Bring the folders of a use case on this machine in line with the lake; files are not fetched yet.

    A folder that was deleted from the lake is deleted here. A folder that differs from the lake's is replaced by it,
    unless a step of its run is writing here. A folder that was never in the lake stays.

    Args:
        storage: the lake of the use case.
        root: data folder of the use case on this machine.

    Raises:
        UnavailableError: the lake cannot be used.
    """
    show_marks(storage, root)
    listed = {place: file for file in storage.files(MANIFESTS) if (place := place_of(file.name))}
    in_threads(lambda item: _follow(storage, root, *item), listed.items())
    for path, place in folders_with_note(root):
        if place not in listed:
            remove_copy(path)


def folders_with_note(root: Path) -> Iterator[tuple[Path, Place]]:
    """The folders on this machine that have a note.

    Args:
        root: data folder of the use case.

    Yields:
        each folder with its place.
    """
    for file in [*root.glob(f"[!.]*/.*{NOTE}"), *root.glob(f"[!.]*/[!.]*/.*{NOTE}")]:
        path = file.with_name(file.name[1 : -len(NOTE)])
        yield path, Place(*path.relative_to(root).parts)


def _follow(storage: Storage, root: Path, place: Place, file: File) -> None:
    path = root / place.path
    note = note_of(path)
    if note is not None and note.tag == file.tag and note.uri == storage.uri and (path / MANIFEST).is_file():
        return
    if note is None and is_written_here(root, place.run_id):
        return
    stored = storage.read(place.key)
    if stored is None:  # deleted since the listing
        return
    manifest = decode_manifest(stored.data, f"{storage.uri}/{place.key}")
    write_note(path, Note(uri=storage.uri, tag=file.tag, manifest=manifest))
    here = path / MANIFEST
    if not here.is_file() or digest_file(here).sha256 != manifest.facts_digest:
        write_facts_alone(path, manifest)
