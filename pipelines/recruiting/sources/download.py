"""Source ``download``: the three nested files by address, as a zip or a folder, fetched again when they changed."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pipelines.raw_files.archive import check_zip, extract
from pipelines.raw_files.remote import Remote, open_remote
from pipelines.recruiting.sources.nested.layout import NAMES, arrange_paths, files_in
from pipelines.recruiting.sources.nested.read import read_nested
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.recruiting.params import DownloadParams
from script_shared.storage.local import digest_file


def fingerprint(context: Context) -> str:
    """Address and tags (ETag, or time of change and size) of the files; a server without tags is asked each time."""
    remote, names = _remote(context.params.download)
    tags = [f"{name} {remote.tag(name)}" for name in names]
    return "download:" + hashlib.sha256("\n".join([remote.uri, *tags]).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Download into a folder that is removed afterwards, and write the raw tables.

    Raises:
        TransientError: the server did not answer, or the download broke off.
        SourceError: it answered otherwise, or with something else.
        InputError: the files are no JSON of this shape.
    """
    remote, names = _remote(context.params.download)
    with TemporaryDirectory(prefix="pauta-recruiting-") as scratch:
        place = Path(scratch) / "files"
        place.mkdir()
        for name in names:
            remote.download(name, place / name)
        digests = {name: digest_file(place / name).sha256 for name in names}
        if names == (zipped := tuple(name for name in names if name.endswith(".zip"))):
            check_zip(place / zipped[0], arrange_paths)
            extract(place / zipped[0], place, arrange_paths)
        return {"address": _public(remote.uri), "sha256": digests, **read_nested(context, files_in(place), folder)}


def _public(uri: str) -> str:
    """An address without password and query, which may hold a token.

    >>> _public("https://ana:secret@host/files.zip?token=1")
    'https://host/files.zip'
    """
    parts = urlsplit(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _remote(params: DownloadParams) -> tuple[Remote, tuple[str, ...]]:
    """The place of the files, and their names there.

    Raises:
        InputError: no address was given.
    """
    if not params.url:
        raise InputError("no address was given.", fix="Set download.url in the params of recruiting.")
    base, _, last = params.url.rstrip("/").rpartition("/")
    is_zip = last.lower().partition("?")[0].endswith(".zip")
    remote = open_remote(base if is_zip else params.url, params.seconds, params.most_megabytes * 1_000_000)
    return remote, (last,) if is_zip else tuple(NAMES)
