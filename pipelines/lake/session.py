"""One step with the lake: see what is there, do the step, upload what it wrote."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.lake import cache
from pipelines.lake.going_on import hold_run, mark_run, remove_old_locks
from pipelines.lake.mirror import folders_with_note, mirror
from pipelines.lake.record import Input, Lineage, Place, code_version
from pipelines.lake.small_files import Shelf, fetch_small_files, shelves_of, store_small_files
from pipelines.lake.upload import remove_leftovers, upload, upload_changed
from pipelines.run_folders import MANIFEST
from script_shared.errors import SettingsError
from script_shared.settings import Settings
from script_shared.storage import Storage, open_storage

EARLIER = Lineage(step="")  # of a folder that was made here before there was a lake
log = logging.getLogger("pauta.pipelines")


def lake_of(settings: Settings, use_case: str) -> Storage | None:
    """The lake of a use case; None where the setting is off.

    Args:
        settings: ``PAUTA_LAKE_URI``.
        use_case: its name.

    Raises:
        SettingsError: the setting is no address, or a folder inside the data folder.
    """
    if not settings.lake_uri:
        return None
    fix = "Set PAUTA_LAKE_URI to s3://bucket/prefix, gs://…, az://…, or a folder outside PAUTA_DATA_DIR."
    try:
        storage = open_storage(f"{settings.lake_uri.rstrip('/')}/{use_case}")
    except SettingsError as error:
        raise SettingsError(f"PAUTA_LAKE_URI: {error.message}", fix=fix) from error
    local = storage.path("")
    if local is not None and local.resolve().is_relative_to(settings.data_dir.resolve()):
        raise SettingsError("PAUTA_LAKE_URI is a folder inside PAUTA_DATA_DIR.", fix=fix)
    return storage


def see_lake(settings: Settings, use_case: str) -> None:
    """Bring this machine in line with the lake, for code that only looks for runs; nothing where the setting is off.

    Args:
        settings: ``PAUTA_LAKE_URI``, and the data folder.
        use_case: its name.

    Raises:
        UnavailableError: the lake cannot be used.
    """
    if (storage := lake_of(settings, use_case)) is not None:
        mirror(storage, settings.data_dir / use_case)


@contextmanager
def step_on_lake(settings: Settings, root: Path, run_id: str, step: str, folder: str) -> Iterator[None]:
    """Do a step with the lake; nothing more than the step where the setting is off.

    Args:
        settings: ``PAUTA_LAKE_URI``.
        root: data folder of the use case on this machine.
        run_id: of the run.
        step: its name.
        folder: which it writes.

    Raises:
        UnavailableError: the lake cannot be used; what the step wrote is not uploaded, so repeat it.
    """
    storage = lake_of(settings, root.name)
    if storage is None:
        yield
        return
    shelves = shelves_of(settings, root)
    with mark_run(storage, folder, run_id):
        small_files = _begin(storage, root, shelves)
        with hold_run(root, run_id) as is_alone:
            yield
            _upload_run(storage, root, run_id, step, adopt=is_alone())
            store_small_files(storage, shelves, small_files)


@contextmanager
def work_on_lake(settings: Settings, root: Path, name: str, *, tidy: bool = False) -> Iterator[None]:
    """The same for work that is no step and touches any runs: the folders that it wrote or changed are uploaded.

    Folders that it deletes are deleted from the lake at once.

    Args:
        settings: ``PAUTA_LAKE_URI``.
        root: data folder of the use case on this machine.
        name: of the work, for the lineage.
        tidy: also remove what uploads that were cut short have left in the lake.

    Raises:
        UnavailableError: the lake cannot be used.
    """
    storage = lake_of(settings, root.name)
    if storage is None:
        yield
        return
    shelves = shelves_of(settings, root)
    small_files = _begin(storage, root, shelves)
    yield
    for path, _ in list(folders_with_note(root)):
        upload_changed(storage, path)
    for path in sorted(cache.folders_written):
        if (path / MANIFEST).is_file() and path.is_relative_to(root):
            _upload_made(storage, root, path, name)
    store_small_files(storage, shelves, small_files)
    if tidy:
        _tidy(storage, root)


def _tidy(storage: Storage, root: Path) -> None:
    remove_old_locks(root)
    for key in remove_leftovers(storage):
        log.info("removed from the data lake, left by an upload that was cut short: %s", key)


def _begin(storage: Storage, root: Path, shelves: Mapping[str, Shelf]) -> Mapping[Path, bytes]:
    """See what is in the lake; returns the small files as the lake has them."""
    cache.folders_read.clear()
    cache.folders_written.clear()
    mirror(storage, root)
    return fetch_small_files(storage, shelves)


def _upload_run(storage: Storage, root: Path, run_id: str, step: str, *, adopt: bool) -> None:
    """Upload what the step wrote or changed, in the order in which it was finished.

    Args:
        adopt: also upload folders of the run that the lake lacks; False while another process may be about to do so.
    """
    manifests = [*root.glob(f"[!.]*/{run_id}/{MANIFEST}"), *root.glob(f"[!.]*/{run_id}/[!.]*/{MANIFEST}")]
    for path in (file.parent for file in sorted(manifests, key=lambda file: file.stat().st_mtime_ns)):
        if cache.note_of(path) is not None:
            upload_changed(storage, path)
        elif path in cache.folders_written:
            _upload_made(storage, root, path, step)
        elif adopt:
            upload(storage, path, Place(*path.relative_to(root).parts), EARLIER)


def _upload_made(storage: Storage, root: Path, path: Path, step: str) -> None:
    lineage = Lineage(step=step, inputs=_inputs(path), code=code_version())
    upload(storage, path, Place(*path.relative_to(root).parts), lineage)


def _inputs(made: Path) -> list[Input]:
    """What the step read, as the lake has it."""
    notes = [cache.note_of(path) for path in sorted(cache.folders_read - {made})]
    return [Input(**note.manifest.place._asdict(), digest=note.manifest.digest) for note in notes if note is not None]
