"""A downloaded zip: checked as a whole before anything of it is used, and only the layout's files taken out."""

import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from pipelines.news.sources.layout import canonical, missing_parts
from pipelines.news.sources.progress import progress
from script_shared.errors import SourceError, TransientError

HTML = (b"<!doctype", b"<html", b"<head")


def check_zip(path: Path) -> None:
    """Read the whole archive once; one that cannot be used is deleted, so that the next try fetches it anew.

    Raises:
        SourceError: it is no zip, or a zip of something else, or one that tries to write outside its folder.
        TransientError: it is damaged.
    """
    try:
        _check(path)
    except SourceError:
        path.unlink()
        raise


def _check(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            start = file.read(512).lstrip().lower()
        if start.startswith(b"pk\x03\x04"):
            raise TransientError(f"{path.name}: the zip is cut off; it was deleted.", fix="Run again.")
        what = "a web page" if start.startswith(HTML) else "another kind of file"
        raise SourceError(f"{path.name}: is no zip but {what}.", fix="Check the file id, or use the source local.")
    with zipfile.ZipFile(path) as archive:
        _members(archive, path.name)
        try:
            broken = archive.testzip()
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise TransientError(
                f"{path.name}: the zip is damaged ({error}); it was deleted.", fix="Run again."
            ) from error
    if broken:
        raise TransientError(f"{path.name}: {broken} in the zip is damaged; the zip was deleted.", fix="Run again.")


def extract(path: Path, folder: Path) -> None:
    """Write the layout's files, each under its canonical name, into the folder; other members are left alone."""
    with zipfile.ZipFile(path) as archive:
        members = _members(archive, path.name)
        with progress("extracting", sum(member.file_size for member in members.values()), "B") as advance:
            for name, member in members.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
                advance(member.file_size)


def _members(archive: zipfile.ZipFile, label: str) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise SourceError(f"{label}: the zip holds an unsafe path: {member.filename}.", fix="Do not use this file.")
        name = canonical(path.as_posix())
        if name and not member.is_dir():
            members[name] = member
    if missing := missing_parts(members):
        raise SourceError(
            f"{label}: these files are missing in the zip: {'; '.join(missing)}.",
            fix="Check the file id, or use the source local.",
        )
    return members
