"""The contents of a release's manifest and of the pointer, checked whenever they are read."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from script_shared.errors import InputError, ReleaseCorruptError, ReleaseError

FORMAT = 1
HISTORY = 50
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,149}")
_PATH_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=@-]*")


def is_version(name: str) -> bool:
    """Whether a name can be that of a release.

    Args:
        name: any text.
    """
    return _VERSION.fullmatch(name) is not None


def check_version(version: str) -> str:
    """The version itself, when it can name a folder.

    Raises:
        InputError: it is empty, too long, or holds more than letters, digits and ``_ . + -``.
    """
    if not is_version(version):
        raise InputError(f"{version!r} is not a valid release name.", fix="Use letters, digits, _ . + -, at most 150.")
    return version


def check_path(path: str) -> str:
    """The path itself, when it stays inside the release: relative, no ``..``, nothing hidden, plain characters.

    Raises:
        InputError: it does not.
    """
    if len(path) > 400 or not all(_PATH_PART.fullmatch(part) for part in path.split("/")):
        raise InputError(
            f"{path!r} is not a valid file name in a release.", fix="Use plain relative names, such as logged/ids.npy."
        )
    return path


def _value(check: Any) -> AfterValidator:
    def validate(text: str) -> str:
        try:
            return str(check(text))
        except InputError as error:
            raise ValueError(error.message) from None

    return AfterValidator(validate)


Version = Annotated[str, _value(check_version)]
FilePath = Annotated[str, _value(check_path)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def encode(self) -> bytes:
        """The record as the JSON that is stored."""
        return self.model_dump_json(indent=1).encode()


class FileEntry(_Record):
    """One file of a release."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Manifest(_Record):
    """The manifest of a release.

    Attributes:
        version: its name, given once and never again.
        created_at: when it was published, UTC.
        run_id: the pipeline run that made it, "" when a person did.
        format: layout of releases; a newer one than this code knows is refused.
        folder: folder of the files, below ``releases/<version>/``; another one after people were removed from them.
        files: relative path to checksum and size.
        facts: what people and the gate want to know of it, such as metrics; JSON values.
    """

    version: Version
    created_at: datetime
    run_id: str = ""
    format: int = FORMAT
    folder: str = Field(pattern=r"^files-[0-9a-f]+$")
    files: dict[FilePath, FileEntry] = Field(min_length=1)
    facts: dict[str, Any] = {}

    @property
    def total_bytes(self) -> int:
        """Size of all files together."""
        return sum(entry.bytes for entry in self.files.values())

    @property
    def base(self) -> str:
        """Key of the folder of the files, below the root."""
        return f"releases/{self.version}/{self.folder}"


class Promotion(_Record):
    """One move of the pointer.

    Attributes:
        version: what came into service.
        sequence: counts the moves, from 1.
        promoted_at: when, UTC.
        by: a person's name, or ``pipeline``.
        reason: in words.
        kind: whether the pointer moved on or back.
    """

    version: Version
    sequence: int = Field(ge=1)
    promoted_at: datetime
    by: str
    reason: str
    kind: Literal["promote", "rollback"] = "promote"


class Pin(_Record):
    """A release that a person protects: no program rolls it back, and none deletes it.

    Attributes:
        version: the release.
        pinned_at: when, UTC.
        by: who did it.
        reason: in words.
    """

    version: Version
    pinned_at: datetime
    by: str
    reason: str


class Pointer(Promotion):
    """Which release is in service, and how that came.

    Attributes:
        history: the last 50 moves, oldest first; the last is this one.
        retiring: versions that are being deleted now and can no longer be promoted.
        pins: releases that a person protects, the newest last.
        rewritings: counts how often files of releases changed, because people were removed from them.
        revision: counts every write, so that no two states of the pointer are equal.
    """

    history: list[Promotion] = []
    retiring: list[Version] = []
    pins: list[Pin] = []
    rewritings: int = 0
    revision: int = 0

    def earlier(self) -> list[str]:
        """Versions in service before this one, nearest first; those that a rollback left behind are not among them."""
        stack: list[str] = []
        for move in self.history:
            if move.kind == "rollback" and move.version in stack:
                del stack[stack.index(move.version) :]
            elif move.version in stack:
                stack.remove(move.version)
            stack.append(move.version)
        return stack[-2::-1] if len(stack) > 1 else []


R = TypeVar("R", bound=_Record)


def decode(kind: type[R], data: bytes, name: str, fix: str) -> R:
    """Read a stored record.

    Args:
        kind: class of the record.
        data: its JSON.
        name: its name in the error.
        fix: the fix that the error proposes.

    Raises:
        ReleaseCorruptError: the bytes are no such record; names it.
        ReleaseError: a manifest of a newer format.
    """
    try:
        record = kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReleaseCorruptError(f"{name} is damaged: {where} {first['msg']}.", fix=fix) from None
    if isinstance(record, Manifest) and record.format > FORMAT:
        raise ReleaseError(
            f"{name} has format {record.format}; this version reads formats up to {FORMAT}.", fix="Upgrade it."
        )
    return record
