"""What the lake knows of a folder: its files with their checksums, and its lineage."""

import json
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipelines.run_folders import MANIFEST
from script_shared.errors import RunError
from script_shared.releases.records import FileEntry

FORMAT = 1
MANIFESTS = "manifests"
PACKAGES = Path(__file__).parents[2]


class Place(NamedTuple):
    """Which folder of a use case: ``<folder>/<run id>[/<part>]``, in the lake as on this machine."""

    folder: str
    run_id: str
    part: str = ""

    @property
    def path(self) -> str:
        """The folder's path below the data folder of the use case."""
        return "/".join(filter(None, self))

    @property
    def key(self) -> str:
        """The key of its manifest: all manifests are in one folder, so that one request lists them."""
        return f"{MANIFESTS}/{'@'.join(filter(None, self))}.json"


def place_of(name: str) -> Place | None:
    """The place that a manifest belongs to, by the name of its file; None for another file.

    >>> place_of("trained@20261120T230509Z-1f3a@logged.json")
    Place(folder='trained', run_id='20261120T230509Z-1f3a', part='logged')
    """
    parts = name.removesuffix(".json").split("@")
    plain = all(part and "/" not in part and not part.startswith(".") for part in parts)
    return Place(*parts) if name.endswith(".json") and len(parts) in (2, 3) and plain else None


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\0" in name or not path.parts:
        raise ValueError("leaves the folder")
    return name


Name = Annotated[str, AfterValidator(_inside)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Input(_Record):
    """A folder that a step read, and the checksum of all of its files at that time."""

    folder: str
    run_id: str
    part: str = ""
    digest: str


class Lineage(_Record):
    """From what a folder was made.

    Attributes:
        step: the step that wrote it.
        inputs: what the step had read by then; folders that it only looked at are among them.
        code: checksum of the code, see ``code_version``; "" where the folder was made before there was a lake.
    """

    step: str
    inputs: list[Input] = []
    code: str = ""


class FolderManifest(_Record):
    """The manifest of a folder in the lake.

    Attributes:
        folder: such as ``refined``; with ``run_id`` and ``part`` it is the place.
        written_at: when it was uploaded, UTC.
        finished_ns: when its step ended, as the time of the step's own manifest, in nanoseconds.
        stored_in: folder of the files, below the place.
        files: relative path to checksum and size, the step's own manifest included.
        folders: relative paths of all folders in it: an object store has no empty ones.
        facts: the step's own manifest as text.
    """

    format: int = FORMAT
    folder: str
    run_id: str
    part: str = ""
    lineage: Lineage
    written_at: datetime
    finished_ns: int
    stored_in: str = Field(pattern=r"^files-[0-9a-f]+$")
    files: dict[Name, FileEntry] = Field(min_length=1)
    folders: list[Name] = []
    facts: str

    @property
    def place(self) -> Place:
        """Which folder it is of."""
        return Place(self.folder, self.run_id, self.part)

    @property
    def base(self) -> str:
        """Key of the folder of the files."""
        return f"folders/{self.place.path}/{self.stored_in}"

    @property
    def digest(self) -> str:
        """Checksum of all files together: the same for the same files, on every machine."""
        listed = [(name, entry.sha256) for name, entry in sorted(self.files.items())]
        return sha256(json.dumps(listed).encode()).hexdigest()

    @property
    def facts_digest(self) -> str:
        """Checksum of the step's own manifest; it changes with every change of the folder."""
        return self.files[MANIFEST].sha256


def decode_manifest(data: bytes, name: str) -> FolderManifest:
    """Read a manifest of the lake.

    Args:
        data: its JSON.
        name: its address, for the error.

    Raises:
        RunError: it is damaged, or of a newer format.
    """
    try:
        manifest = FolderManifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunError(f"{name} is damaged: {where} {first['msg']}.", fix="Delete it and repeat the step.") from None
    if manifest.format > FORMAT:
        raise RunError(f"{name} has format {manifest.format}; this version reads up to {FORMAT}.", fix="Upgrade it.")
    return manifest


@cache
def code_version() -> str:
    """Checksum of the Python code and params files of the pipelines and of what they share with the API, 16 digits.

    It needs no version control, which images do not have.
    """
    found = sha256()
    for package in ("pipelines", "script_shared"):
        files = [file for ending in ("py", "toml") for file in (PACKAGES / package).rglob(f"*.{ending}")]
        for file in sorted(files):
            found.update(f"{file.relative_to(PACKAGES).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]
