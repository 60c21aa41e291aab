"""The copy of a lake's folder on this machine: it has a note beside it, and is fetched when a step reads it."""

import os
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.lake.record import FolderManifest, decode_manifest
from pipelines.run_folders import MANIFEST, partial_of, take_away, take_name
from script_shared.errors import RunError, UnavailableError
from script_shared.releases.records import FileEntry
from script_shared.storage import Digest, Storage, open_storage
from script_shared.storage.local import digest_file, file_lock
from script_shared.storage.transfers import download_files, in_threads

DOWNLOAD_SECONDS = 1_800.0
NOTE = ".lake"  # of a folder ``r1``, the note beside it is ``.r1.lake``

folders_read: set[Path] = set()  # by the step that this process runs
folders_written: set[Path] = set()
_checked: dict[Path, str] = {}  # whose files this process has compared with the lake's checksums


class Note(BaseModel):
    """What is noted beside a folder that is in the lake too.

    Attributes:
        uri: of the lake of the use case.
        tag: of the manifest, as a listing shows it; "" when it is not known.
        manifest: as it was when the folder was last compared.
    """

    model_config = ConfigDict(frozen=True)

    uri: str
    tag: str
    manifest: FolderManifest


def note_file(path: Path) -> Path:
    """The note beside a folder, whether it exists or not."""
    return path.with_name(f".{path.name}{NOTE}")


def note_of(path: Path) -> Note | None:
    """The note beside a folder; None for a folder that is not in the lake.

    Args:
        path: the folder of a step or of a part on this machine.
    """
    try:
        return Note.model_validate_json(note_file(path).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):  # a damaged note: the next mirror writes it again
        return None


def write_note(path: Path, note: Note) -> None:
    """Write the note beside a folder, atomically."""
    file = note_file(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(file)
    partial.write_text(note.model_dump_json(), encoding="utf-8")
    partial.replace(file)


def mark_checked(path: Path, manifest: FolderManifest) -> None:
    """Remember that the files are those of the manifest: this process has just read or written all of them."""
    _checked[path] = manifest.stored_in


def write_facts_alone(path: Path, manifest: FolderManifest) -> None:
    """Write a folder of the lake with the step's manifest alone; it replaces what was there.

    Args:
        path: its place on this machine.
        manifest: of the lake.
    """
    partial = partial_of(path)
    partial.mkdir(parents=True)
    (partial / MANIFEST).write_text(manifest.facts, encoding="utf-8", newline="")
    _take_place(partial, path, manifest)
    _checked.pop(path, None)


def provide(path: Path) -> None:
    """Fetch the files of a folder from the lake, unless they are here with the right checksums.

    Args:
        path: a folder of a step or of a part; nothing happens for one that is not in the lake.

    Raises:
        RunError: the folder was deleted from the lake, or a file in the lake is damaged.
        UnavailableError: the lake, or the folder on this machine, cannot be used.
    """
    note = note_of(path)
    if note is None or _checked.get(path) == note.manifest.stored_in:
        return
    with file_lock(_lock_of(path), DOWNLOAD_SECONDS):
        note = note_of(path)  # another process may have fetched a newer one meanwhile
        if note is not None and problem_of(path, note.manifest):
            note = _fetch(path, note)
        if note is not None:
            mark_checked(path, note.manifest)


def problem_of(path: Path, manifest: FolderManifest) -> str:
    """What is wrong with the files on this machine: the first that is missing or differs; "" when nothing is.

    Args:
        path: the folder.
        manifest: of the lake.
    """
    sizes_differ = (name for name, entry in manifest.files.items() if _problem(entry, _size(path / name), hashed=False))
    if name := next(sizes_differ, ""):
        return name
    found = in_threads(lambda name: digest_file(path / name), manifest.files)
    pairs = zip(manifest.files.items(), found, strict=True)
    return next((name for (name, entry), digest in pairs if _problem(entry, digest)), "")


def note_written(path: Path) -> None:
    """A step has just written this folder: it differs from the lake's until it is uploaded.

    Args:
        path: a complete folder of a step or of a part.
    """
    note_file(path).unlink(missing_ok=True)
    _checked.pop(path, None)
    folders_written.add(path)


def remove_copy(path: Path) -> None:
    """Remove the copy of a folder that is no longer in the lake, and its note."""
    take_away(path)
    _forget(path)


def delete_from_lake(path: Path) -> None:
    """Delete a folder, and its parts, from the lake: the manifests first, then the files.

    Args:
        path: a folder of a step, which is still on this machine; nothing happens for one that is not in the lake.

    Raises:
        UnavailableError: the lake cannot be used; the folder stays on this machine, so that it is tried again.
    """
    for at in (path, *(path / file.name[1 : -len(NOTE)] for file in path.glob(f".*{NOTE}"))):
        if note := note_of(at):
            storage = open_storage(note.uri)
            storage.remove(note.manifest.place.key)
            storage.remove(f"folders/{note.manifest.place.path}")
            if at == path:  # notes of parts are in the folder
                _forget(at)


def _forget(path: Path) -> None:
    note_file(path).unlink(missing_ok=True)
    _lock_of(path).unlink(missing_ok=True)
    _checked.pop(path, None)


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{NOTE}.lock")


def _size(file: Path) -> Digest | None:
    return Digest("", file.stat().st_size) if file.is_file() else None


def _problem(entry: FileEntry, digest: Digest | None, *, hashed: bool = True) -> str:
    if digest is None:
        return "is missing"
    if digest.bytes != entry.bytes:
        return f"has {digest.bytes} bytes instead of {entry.bytes}"
    return "has another checksum" if hashed and digest.sha256 != entry.sha256 else ""


def _fetch(path: Path, note: Note) -> Note:
    """Fetch the files; once more if the folder was replaced in the lake meanwhile."""
    storage = open_storage(note.uri)
    for _ in range(3):
        problem = _download(storage, note.manifest, path)
        if not problem:
            return note
        now = storage.read(note.manifest.place.key)
        if now is None:
            raise _deleted_error(note)
        newer = decode_manifest(now.data, f"{note.uri}/{note.manifest.place.key}")
        if newer.stored_in == note.manifest.stored_in:
            break
        note = Note(uri=note.uri, tag="", manifest=newer)
        write_note(path, note)
    raise RunError(f"the data lake is damaged: {note.uri}/{note.manifest.base}/{problem}.", fix=_repeat(note))


def _download(storage: Storage, manifest: FolderManifest, path: Path) -> str:
    """Fetch all files into the folder's place; says what is wrong with the first bad one, "" when all are right."""
    partial = partial_of(path)
    try:
        for name in (".", *manifest.folders):
            (partial / name).mkdir(parents=True, exist_ok=True)
        found = download_files(storage, manifest.base, manifest.files, partial)
        for (name, entry), digest in zip(manifest.files.items(), found, strict=True):
            if problem := _problem(entry, digest):
                return f"{name} {problem}"
        _take_place(partial, path, manifest)
        return ""
    except OSError as error:
        fix = "Check PAUTA_DATA_DIR and its free space."
        raise UnavailableError(f"{path}: {error.strerror or error}.", fix=fix) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _take_place(partial: Path, path: Path, manifest: FolderManifest) -> None:
    """The step's manifest keeps the time at which the step ended, by which runs are ordered."""
    os.utime(partial / MANIFEST, ns=(manifest.finished_ns, manifest.finished_ns))
    take_name(partial, path)


def _deleted_error(note: Note) -> RunError:
    place = note.manifest.place
    return RunError(f"the folder {place.path} was deleted from the data lake {note.uri} meanwhile.", fix=_repeat(note))


def _repeat(note: Note) -> str:
    step = note.manifest.lineage.step
    again = f"--run-id {note.manifest.run_id}{f' --step {step}' if step else ''}"
    return f"Run the step that writes it again: {again}."
