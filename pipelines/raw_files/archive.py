"""A downloaded zip: checked as a whole before use; only the files of a layout are extracted."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable
from pathlib import Path, PurePosixPath

from pipelines.raw_files.progress import progress
from script_shared.errors import InputError, SourceError, TransientError

DELETED = "; it was deleted"
Arrange = Callable[[Iterable[str]], dict[str, str]]  # the wanted files among some paths: name and path

HTML = (b"<!doctype", b"<html", b"<head")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
MOST_MEMBERS = 100_000
MOST_BYTES = 32 << 30  # of all files together once they are taken out; the challenge's are 3 GB
MOST_RATIO, SMALL = 200, 64 << 20  # bytes that one byte of the zip may become, in files above so many bytes
BLOCK = 1 << 20
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError, struct.error)
AGAIN = "Zip the files again in the usual way, or extract them and name their folder."
_END = struct.Struct("<4s4H2LH")  # the record at the end of a zip that says how many members it has


def check_members(path: Path, arrange: Arrange) -> None:
    """Read the needed files of a person's own archive once; the archive is never deleted.

    Args:
        path: of the zip file.
        arrange: finds the needed members and their canonical names.

    Raises:
        SourceError: it cannot be used.
    """
    try:
        _check(path, arrange)
    except SourceError as error:
        raise SourceError(error.message.replace(DELETED, ""), fix=error.fix) from error
    except DAMAGE as error:
        raise SourceError(f"{path.name}: the zip is damaged.", fix=AGAIN) from error


def check_zip(path: Path, arrange: Arrange) -> None:
    """Read what is needed of the archive once; one that cannot be used is deleted, so that the next try fetches it.

    Args:
        path: of the archive.
        arrange: finds the layout's files; raises InputError when some are missing.

    Raises:
        SourceError: it is no zip, or a zip of something else, or one that cannot or must not be taken out.
        TransientError: it is damaged.
    """
    try:
        _check(path, arrange)
    except SourceError:
        path.unlink()
        raise
    except DAMAGE as error:
        path.unlink()
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        message = f"{path.name}: the zip is damaged ({reason}); it was deleted."
        raise TransientError(message, fix="Run again.") from error


def extract(path: Path, folder: Path, arrange: Arrange) -> None:
    """Write the layout's files, each under its canonical name, into the folder; other members are left alone.

    Args:
        path: of an archive that ``check_zip`` accepted.
        folder: an existing folder.
        arrange: as for ``check_zip``.
    """
    with zipfile.ZipFile(path) as archive:
        members = _members(archive, path.name, arrange)
        with progress("extracting", sum(member.file_size for member in members.values()), "B") as advance:
            for name, member in members.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as file:
                    while block := source.read(BLOCK):
                        file.write(block)
                        advance(len(block))


def _check(path: Path, arrange: Arrange) -> None:
    if not zipfile.is_zipfile(path):
        raise _no_zip(path)
    if _members_said(path) > MOST_MEMBERS:
        raise SourceError(f"{path.name}: the zip holds more than {MOST_MEMBERS:,} files; it was deleted.", fix=AGAIN)
    with zipfile.ZipFile(path) as archive:
        for member in _members(archive, path.name, arrange).values():
            try:
                _read(archive, member)
            except DAMAGE as error:
                message = f"{path.name}: {member.filename} in the zip is damaged; the zip was deleted."
                raise TransientError(message, fix="Run again.") from error


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read a member to its end, where its checksum is compared."""
    with archive.open(member) as stream:
        while stream.read(BLOCK):
            pass


def _no_zip(path: Path) -> SourceError:
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if start.startswith(b"pk\x03\x04"):
        return TransientError(f"{path.name}: the zip is cut off; it was deleted.", fix="Run again.")
    what = "a web page" if start.startswith(HTML) else "another kind of file"
    fix = "Check the address, or extract the files and name their folder."
    return SourceError(f"{path.name}: is no zip but {what}.", fix=fix)


def _members_said(path: Path) -> int:
    """How many members the zip says it has, before all their names are read into memory; a large one has 64 bits more,
    which say so by the greatest number of 16 bits, and then its size bounds it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - _END.size))
        end = file.read()
    place = end.rfind(b"PK\5\6")
    if place < 0 or place + _END.size > len(end):
        return 0
    _, _, _, _, members, central, _, _ = _END.unpack_from(end, place)
    return members if members < 0xFFFF else min(size, central) // 46


def _members(archive: zipfile.ZipFile, label: str, arrange: Arrange) -> dict[str, zipfile.ZipInfo]:
    by_path: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise SourceError(f"{label}: the zip holds an unsafe path: {member.filename}.", fix="Do not use this file.")
        if path.as_posix() in by_path:
            raise SourceError(f"{label}: the zip holds {path} twice.", fix=AGAIN)
        if not member.is_dir():
            by_path[path.as_posix()] = member
    try:
        members = {name: by_path[path] for name, path in arrange(by_path).items()}
    except InputError as error:
        raise SourceError(f"{label}: in the zip, {error.message}", fix=f"Check the address. {AGAIN}") from None
    _check_ways(members.values(), label)
    return members


def _check_ways(members: Collection[zipfile.ZipInfo], label: str) -> None:
    """Check that every member can be extracted and does not become too large.

    Raises:
        SourceError: names the member.
    """
    for member in members:
        where = f"{label}: {member.filename} in the zip"
        if member.flag_bits & 0x1:
            raise SourceError(f"{where} has a password; the zip was deleted.", fix=AGAIN)
        if member.compress_type not in METHODS:
            way = f"a way that is not read (method {member.compress_type}, such as Deflate64)"
            raise SourceError(f"{where} is compressed in {way}; the zip was deleted.", fix=AGAIN)
        if member.file_size > SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            times = member.file_size // max(member.compress_size, 1)
            raise SourceError(f"{where} would become {times:,} times larger; the zip was deleted.", fix=AGAIN)
    if (total := sum(member.file_size for member in members)) > MOST_BYTES:
        message = f"{label}: the files in the zip are {total:,} bytes, more than {MOST_BYTES:,}; it was deleted."
        raise SourceError(message, fix=AGAIN)
