"""An object store as storage: S3 and similar stores through obstore; conditional puts replace a lock."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import obstore
from obstore import exceptions
from obstore.store import from_url

from script_shared.errors import SettingsError, UnavailableError
from script_shared.storage.base import Digest, File, StoredObject
from script_shared.throttle import yield_cpu

CHUNK = 1 << 20
RETRY_SECONDS = 20
PARTS_AT_ONCE = 3  # of 5 MB each, for every upload


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """Translate errors of the store into the product's errors; a missing object remains a FileNotFoundError."""
    try:
        yield
    except FileNotFoundError as error:
        if not _no_bucket(error):
            raise
        raise UnavailableError(f"{what}: the bucket does not exist.", fix="Create it, or correct the URI.") from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
        raise UnavailableError(
            f"{what}: access denied ({_first_line(error)}).", fix="Check the store's credentials (AWS_* variables)."
        ) from error
    except exceptions.BaseError as error:
        raise UnavailableError(
            f"{what}: {_first_line(error)}.", fix="Check that the store is up, and AWS_ENDPOINT_URL."
        ) from error


def _no_bucket(error: FileNotFoundError) -> bool:
    return "NoSuchBucket" in str(error)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".")


def _plain_http_allowed() -> bool:
    """The value of AWS_ALLOW_HTTP; obstore reads it only if no other client option is given."""
    return os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes", "on")


class ObjectStorage:
    """Storage in a bucket, optionally below a prefix. The store must support ``If-Match`` and ``If-None-Match``."""

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        try:
            self._store = from_url(
                self.uri,
                client_options={"connect_timeout": "3s", "timeout": "120s", "allow_http": _plain_http_allowed()},
                retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
            )
        except (exceptions.BaseError, ValueError) as error:
            raise SettingsError(f"{uri}: {_first_line(error)}.", fix="Correct the URI or AWS_* variables.") from error

    def path(self, key: str) -> None:
        return None

    def read(self, key: str, known: StoredObject | None = None) -> StoredObject | None:
        with _refusals(f"{self.uri}/{key}"):
            try:
                found = obstore.get(self._store, key, options={"if_none_match": known.tag} if known else None)
                return StoredObject(bytes(found.bytes()), found.meta["e_tag"] or "")
            except exceptions.NotModifiedError:
                return known
            except FileNotFoundError as error:
                if _no_bucket(error):
                    raise
                return None

    def swap(self, key: str, data: bytes, expected: StoredObject | None) -> bool:
        with _refusals(f"{self.uri}/{key}"):
            try:
                obstore.put(self._store, key, data, mode={"e_tag": expected.tag} if expected else "create")
            except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
                return False
            except FileNotFoundError as error:  # it was deleted since it was read
                if _no_bucket(error):
                    raise
                return False
            return True

    def upload(self, key: str, source: Path) -> None:
        with _refusals(f"{self.uri}/{key}"):
            obstore.put(self._store, key, source, max_concurrency=PARTS_AT_ONCE)

    def _chunks(self, key: str) -> Iterator[bytes]:
        with _refusals(f"{self.uri}/{key}"):
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                yield chunk
                yield_cpu()

    def download(self, key: str, target: Path) -> Digest:
        hasher, size = hashlib.sha256(), 0
        with target.open("wb") as file:
            for chunk in self._chunks(key):
                hasher.update(chunk)
                size += file.write(chunk)
        return Digest(hasher.hexdigest(), size)

    def digest(self, key: str) -> Digest:
        hasher, size = hashlib.sha256(), 0
        for chunk in self._chunks(key):
            hasher.update(chunk)
            size += len(chunk)
        return Digest(hasher.hexdigest(), size)

    def folders(self, prefix: str) -> list[str]:
        with _refusals(f"{self.uri}/{prefix}"):
            found = obstore.list_with_delimiter(self._store, prefix)
            return sorted(path.rstrip("/").rpartition("/")[2] for path in found["common_prefixes"])

    def files(self, prefix: str) -> list[File]:
        with _refusals(f"{self.uri}/{prefix}"):
            found = obstore.list_with_delimiter(self._store, prefix or None)["objects"]
        files = [
            File(meta["path"].rpartition("/")[2], meta["e_tag"] or str(meta["size"]), meta["last_modified"])
            for meta in found
        ]
        return sorted(files)

    def changed_at(self, prefix: str) -> datetime | None:
        with _refusals(f"{self.uri}/{prefix}"):
            found = obstore.list(self._store, prefix).collect()
        return max((meta["last_modified"] for meta in found), default=None)

    def remove(self, prefix: str) -> None:
        with _refusals(f"{self.uri}/{prefix}"):
            below = [meta["path"] for meta in obstore.list(self._store, prefix).collect()]
            obstore.delete(self._store, [*below, prefix])
