"""Files by address: of a web server, or of an object store; a tag says whether one changed."""

import secrets
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from script_shared.errors import SourceError, TransientError, UnavailableError
from script_shared.storage import OBJECT_STORES, open_storage
from script_shared.storage.base import Storage

TAGS = ("etag", "last-modified")


class Remote(Protocol):
    """A folder of files elsewhere."""

    uri: str

    def tag(self, name: str) -> str:
        """A text that changes when the file does."""

    def download(self, name: str, target: Path) -> None:
        """Copy the file; the target is complete or absent.

        Raises:
            TransientError: a retry may help.
            SourceError: there is no such file, or it is too large.
        """


def open_remote(uri: str, seconds: float, most_bytes: int) -> Remote:
    """The folder at an address.

    Args:
        uri: ``https://``, ``http://``, or an address of an object store.
        seconds: longest wait for an answer, or between bytes.
        most_bytes: a larger file is refused.

    Raises:
        SourceError: an address of another kind.
    """
    scheme = urlsplit(uri).scheme
    if scheme in ("http", "https"):
        return WebFolder(uri, seconds, most_bytes)
    if scheme in OBJECT_STORES:
        return StoreFolder(uri)
    kinds = ", ".join(f"{name}://" for name in ("https", *OBJECT_STORES))
    raise SourceError(f"an address of the kind {scheme or 'path'!r} cannot be read.", fix=f"Use {kinds}.")


class WebFolder:
    """Files below an address of a web server."""

    def __init__(self, uri: str, seconds: float, most_bytes: int) -> None:
        self.uri = uri
        self._client = httpx.Client(timeout=seconds, follow_redirects=True)
        self._most = most_bytes

    def tag(self, name: str) -> str:
        """The ETag, else time of change and size; a new text each time where the server gives neither."""
        try:
            answer = self._client.head(f"{self.uri}/{name}")
        except httpx.HTTPError as error:
            raise self._unreachable(name, error) from error
        self._refuse(name, answer)
        found = [answer.headers[each] for each in TAGS if each in answer.headers]
        return f"{found[0]} {answer.headers.get('content-length', '')}" if found else secrets.token_hex(8)

    def download(self, name: str, target: Path) -> None:
        """Stream the file into the target."""
        size = 0
        try:
            with self._client.stream("GET", f"{self.uri}/{name}") as answer, target.open("wb") as file:
                self._refuse(name, answer)
                for block in answer.iter_bytes():
                    size += file.write(block)
                    if size > self._most:
                        raise SourceError(
                            f"{self._public_address(name)}: is larger than {self._most:,} bytes.",
                            fix="Raise the limit.",
                        )
        except httpx.HTTPError as error:
            target.unlink(missing_ok=True)
            raise self._unreachable(name, error) from error
        except SourceError:
            target.unlink(missing_ok=True)
            raise

    def _refuse(self, name: str, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == 429 or status >= 500:
            raise TransientError(f"{self._public_address(name)}: the server answered {status}.", fix="Try again later.")
        if status != 200:
            raise SourceError(f"{self._public_address(name)}: the server answered {status}.", fix="Check the address.")

    def _unreachable(self, name: str, error: Exception) -> TransientError:
        return TransientError(
            f"{self._public_address(name)}: {type(error).__name__}.", fix="Check the address and the network."
        )

    def _public_address(self, name: str) -> str:
        """The file's address without what may be secret in it."""
        parts = urlsplit(f"{self.uri}/{name}")
        return f"{parts.scheme}://{parts.hostname}{parts.path}"


class StoreFolder:
    """Files below a prefix of an object store."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._store: Storage = open_storage(uri)

    def tag(self, name: str) -> str:
        """The digest of the file."""
        try:
            return self._store.digest(name).sha256
        except FileNotFoundError as error:
            raise SourceError(f"{self.uri}/{name}: there is no such file.", fix="Check the address.") from error
        except UnavailableError as error:
            raise TransientError(error.message, fix=error.fix) from error

    def download(self, name: str, target: Path) -> None:
        """Copy the file into the target."""
        try:
            self._store.download(name, target)
        except FileNotFoundError as error:
            raise SourceError(f"{self.uri}/{name}: there is no such file.", fix="Check the address.") from error
        except UnavailableError as error:
            raise TransientError(error.message, fix=error.fix) from error
