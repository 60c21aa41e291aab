"""Storage of small and large files at a URI: a local folder or an object store.

One protocol, two implementations: ``local`` (a folder: lock, fsync, rename) and ``objects`` (S3 and similar stores:
conditional puts).
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from script_shared.errors import SettingsError
from script_shared.storage.base import Digest, File, Storage, StoredObject
from script_shared.storage.local import LocalStorage

__all__ = ["Digest", "File", "LocalStorage", "Storage", "StoredObject", "address_of", "is_object_store", "open_storage"]

OBJECT_STORES = ("s3", "gs", "az")
NO_BUCKET = re.compile(rf"({'|'.join(OBJECT_STORES)}|file):")  # s3:/news: a prefix was added to s3://


def address_of(path: Path) -> str:
    """A path of the settings as an address; a path that begins like the address of an object store is one.

    Args:
        path: ``Path`` turns the two slashes of an address into one; both are restored.

    >>> address_of(Path("s3://sheets/2024")), address_of(Path("/srv/sheets"))
    ('s3://sheets/2024', '/srv/sheets')
    """
    return re.sub(rf"^({'|'.join(OBJECT_STORES)}):/(?=[^/])", r"\1://", str(path))


def is_object_store(address: str) -> bool:
    """Whether an address is that of an object store, not of a folder.

    Args:
        address: such as ``s3://bucket/prefix``, or a path.
    """
    return address.partition("://")[0] in OBJECT_STORES


def open_storage(uri: str | Path) -> Storage:
    """The storage at a URI. This sends no request yet.

    Args:
        uri: a folder (``models/news``, ``file:///srv/models``) or an object store (``s3://bucket/prefix``, ``gs://``,
            ``az://``). Address and credentials of S3 come from the usual ``AWS_*`` variables: ``AWS_ENDPOINT_URL``,
            ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_REGION``, ``AWS_ALLOW_HTTP=true`` for plain HTTP.

    Raises:
        SettingsError: the URI has an unknown scheme, or names no bucket.
    """
    text = str(uri)
    scheme, separator, _ = text.partition("://")
    if not separator and not NO_BUCKET.match(text):
        return LocalStorage(Path(text))
    if scheme == "file" and urlsplit(text).path:
        return LocalStorage(Path(unquote(urlsplit(text).path)))
    if scheme in OBJECT_STORES and urlsplit(text).netloc:
        from script_shared.storage.objects import ObjectStorage

        return ObjectStorage(text)
    raise SettingsError(
        f"{text!r} is not a location for releases.",
        fix="Use a folder, file:///folder or s3://bucket/prefix (PAUTA_MODELS_URI, or the flag --uri).",
    )
