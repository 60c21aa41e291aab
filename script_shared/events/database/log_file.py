"""The SQLite file of an event log: which file a connection has open, and whether it is still the one at the path."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from script_shared.errors import UnavailableError

FIX = 'See "The log\'s file" in docs/operations.md.'
_INFO = "pauta_file"
_PARTS = ("", "-wal", "-shm")  # a log whose -wal or -shm was removed is as lost as one whose file was
_Part = tuple[int, int] | None  # device and inode, None for a file that is not there


@dataclass(frozen=True)
class FileIdentity:
    """What a connection opened: device and inode of each part, and the size of the file in bytes."""

    parts: tuple[_Part, ...]
    size: int


class LogFile:
    """Tells whether what is written through a connection lands in the file at the path.

    An open file lives on after ``rm`` or ``mv``, so SQLite goes on writing to a file that nobody will find again.
    SQLite keeps ``-wal`` and ``-shm`` for as long as any connection is open, so these must not change either. A file
    that is smaller than before was cut or overwritten.

    Attributes:
        path: where the file is.
        must_exist: whether a connection may no longer make the file.
        lost: what was open when it was found gone, None while all is well.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path.absolute()
        self.must_exist = False
        self.lost: FileIdentity | None = None
        self._names = [f"{self.path}{part}" for part in _PARTS]
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "connect", self._identify_file)

    def opened_by(self, connection: Connection) -> FileIdentity:
        """What a connection has open."""
        opened: FileIdentity = connection.info[_INFO]
        return opened

    def holds(self, opened: FileIdentity) -> bool:
        """Whether the file at the path is the one that was opened; two looks at the folder, a few microseconds."""
        now = self._look()
        return now.parts == opened.parts and now.size >= opened.size

    def has_leftovers(self) -> bool:
        """Whether ``-wal`` or ``-shm`` of the lost file are beside another one: SQLite would mix the two files."""
        if self.lost is None or (now := self._look()).parts == self.lost.parts:
            return False
        return any(
            part is not None and part == old for part, old in zip(now.parts[1:], self.lost.parts[1:], strict=True)
        )

    def _look(self) -> FileIdentity:
        parts: list[_Part] = []
        size = -1
        for name in self._names:
            try:
                stat = os.stat(name)
            except OSError:
                parts.append(None)
                continue
            parts.append((stat.st_dev, stat.st_ino))
            size = stat.st_size if name == self._names[0] else size
        return FileIdentity(tuple(parts), size)

    def _connect(self, _dialect: Any, _record: Any, arguments: list[Any], parameters: dict[str, Any]) -> None:
        if self.has_leftovers():
            raise UnavailableError(
                "the event log is unreachable: the -wal or -shm of the file that was there before is still there.",
                fix=FIX,
                private=str(self.path),
            )
        if self.must_exist and not parameters.get("uri"):
            arguments[0] = f"{self.path.as_uri()}?mode=rw"
            parameters["uri"] = True

    def _identify_file(self, connection: Any, record: Any) -> None:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()  # opens -wal and -shm, too
        record.info[_INFO] = self._look()
