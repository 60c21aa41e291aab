"""The interface of a storage."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol


class StoredObject(NamedTuple):
    """A small object: its bytes, and the tag of this version."""

    data: bytes
    tag: str


class Digest(NamedTuple):
    """Checksum and size of a file."""

    sha256: str
    bytes: int


class File(NamedTuple):
    """A file in a listing.

    Attributes:
        name: without the prefix.
        tag: changes with its content.
        changed_at: when it was last written, UTC.
    """

    name: str
    tag: str
    changed_at: datetime


class Storage(Protocol):
    """A tree of files under a root. Keys are relative POSIX paths such as ``releases/v1/manifest.json``.

    Failures of the storage itself (network, credentials, disk) raise UnavailableError.
    """

    uri: str

    def read(self, key: str, known: StoredObject | None = None) -> StoredObject | None:
        """A small object, or None if it does not exist; ``known`` itself if it has not changed since.

        Args:
            key: path below the root, such as ``current.json``.
            known: what an earlier read returned; an unchanged object is not sent again.

        Raises:
            UnavailableError: the storage does not answer.
        """

    def swap(self, key: str, data: bytes, expected: StoredObject | None) -> bool:
        """Write a small object only if it is unchanged since it was read (None: it did not exist); False if it changed.

        Atomic and durable: every reader sees either the old bytes or the new ones, also after a crash.

        Args:
            key: path below the root.
            data: the new bytes.
            expected: what ``read`` returned.
        """

    def upload(self, key: str, source: Path) -> None:
        """Copy a local file to ``key``; durable when it returns.

        Args:
            key: path below the root.
            source: file on this machine.
        """

    def download(self, key: str, target: Path) -> Digest:
        """Copy ``key`` into a local file; returns size and digest. Raises FileNotFoundError if it does not exist.

        Args:
            key: path below the root.
            target: file on this machine; replaced if it exists.
        """

    def digest(self, key: str) -> Digest:
        """Size and digest of ``key``. Raises FileNotFoundError if it does not exist.

        Args:
            key: path of an object below the root, with ``/``.
        """

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below ``prefix``, sorted; empty if it does not exist.

        Args:
            prefix: path of a folder below the root, with ``/``; "" for the root.
        """

    def files(self, prefix: str) -> list[File]:
        """The files directly below ``prefix``, by name; empty if it does not exist.

        Args:
            prefix: path of a folder below the root, with ``/``; "" for the root.
        """

    def changed_at(self, prefix: str) -> datetime | None:
        """When anything below ``prefix`` was last written, UTC; None if it is empty.

        Args:
            prefix: path below the root, with ``/``.
        """

    def remove(self, prefix: str) -> None:
        """Delete the object ``prefix``, or everything below it; does nothing if it does not exist.

        Args:
            prefix: path below the root, with ``/``.
        """

    def path(self, key: str) -> Path | None:
        """Where ``key`` is on this machine, or None if it has to be downloaded.

        Args:
            key: path of an object or a folder below the root, with ``/``.
        """
