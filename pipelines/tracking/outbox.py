"""Records that MLflow does not have yet: a folder of them, each complete with its files."""

import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.tracking.record import Record

NAME = "record.json"
STALE_SECONDS = 3_600
ATTEMPTS = 20
log = logging.getLogger(__name__)


class Outbox:
    """Records below one folder, one folder each, which takes its name when it is complete.

    Args:
        folder: made with the first record.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, record: Record) -> None:
        """Keep a record and its files; one of the same key is replaced."""
        final = self._folder / record.key
        partial = self._folder / f".{record.key}.{secrets.token_hex(4)}.partial"
        try:
            for name, file in record.files.items():
                _link(file, partial / "files" / name)
            partial.mkdir(parents=True, exist_ok=True)
            (partial / NAME).write_text(record.as_json(), encoding="utf-8")
            self._take_name(partial, final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _take_name(self, partial: Path, final: Path) -> None:
        """Another writer of the same record may take the name first; then once more."""
        for attempt in range(ATTEMPTS):
            self.remove(final.name)
            try:
                partial.rename(final)
                return
            except OSError:
                if attempt == ATTEMPTS - 1:
                    raise

    def records(self) -> list[Record]:
        """Waiting records, oldest training first. Unreadable ones are left in place and logged."""
        return sorted(self._readable(), key=lambda record: (record.started_ms, record.key))

    def settle(self, record: Record) -> None:
        """Forget a record that was delivered, unless another one took its place meanwhile."""
        try:
            same = (self._folder / record.key / NAME).read_text(encoding="utf-8") == record.as_json()
        except FileNotFoundError:
            return
        if same:
            self.remove(record.key)

    def remove(self, key: str) -> None:
        """Forget a record; nothing happens when it is not there."""
        away = self._folder / f".{key}.{secrets.token_hex(4)}.partial"
        try:
            (self._folder / key).rename(away)
        except FileNotFoundError:
            return
        shutil.rmtree(away, ignore_errors=True)

    def clear_leftovers(self) -> None:
        """Remove what killed writers left."""
        for path in self._folder.glob(".*.partial"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)

    def _readable(self) -> Iterator[Record]:
        for path in sorted(self._folder.glob(f"[!.]*/{NAME}")):
            files = path.parent / "files"
            found = {file.relative_to(files).as_posix(): file for file in sorted(files.rglob("*")) if file.is_file()}
            try:
                yield Record.from_json(path.read_text(encoding="utf-8"), found)
            except (OSError, ValueError, TypeError, KeyError) as error:
                log.warning("%s: is not the record of a training (%s); inspect it and remove it.", path, error)


def _link(file: Path, target: Path) -> None:
    """A second name for the same bytes, which are never changed in place; a copy on another file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)
