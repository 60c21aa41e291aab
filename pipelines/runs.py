"""A run: one folder per step, complete when its manifest is there, never changed afterwards."""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import run_folders
from pipelines.lake.cache import delete_from_lake, folders_read, note_written, provide
from pipelines.lake.session import see_lake
from pipelines.run_folders import partial_of, take_away, take_name
from script_shared.errors import InputError, RunError
from script_shared.settings import Settings

MANIFEST = run_folders.MANIFEST
STEP_OF = {  # which step writes a folder, where they do not have the same name
    "raw": "download",
    "refined": "refine",
    "trained": "train",
    "assembled": "assemble",
    "ranked": "rank",
    "evaluated": "evaluate",
    "gated": "gate",
    "refitted": "refit",
    "published": "publish",
    "tracked": "track",
}
FOLDER_OF = {step: folder for folder, step in STEP_OF.items()}
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}")


def folder_of(step: str) -> str:
    """The folder that a step writes.

    >>> folder_of("refine"), folder_of("quality")
    ('refined', 'quality')
    """
    return FOLDER_OF.get(step, step)


def new_run_id() -> str:
    """A run id that sorts by time, such as ``20261120T230509Z-1f3a``."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


@dataclass(frozen=True)
class Run:
    """The folders of one run of one use case.

    Attributes:
        root: the use case's data folder, such as ``script_shared/data/news``.
        run_id: names the run; letters, digits, ``_ . + -``.
    """

    root: Path
    run_id: str

    def __post_init__(self) -> None:
        if not _RUN_ID.fullmatch(self.run_id):
            raise InputError(
                f"run id {self.run_id!r} contains characters that are not allowed in a folder name.",
                fix="Use letters, digits, _ . + -",
            )

    def place(self, step: str, part: str | None = None) -> Path:
        """Where a step's output is or will be on this machine: ``<root>/<step>/<run id>[/<part>]``.

        The files of a folder that another machine wrote may be missing there: ``folder`` and ``read`` fetch them.
        """
        base = self.root / step / self.run_id
        return base / part if part else base

    def folder(self, step: str, part: str | None = None) -> Path:
        """Where a step's output is, whether it exists or not, with its files if another machine put them into the lake.

        Args:
            step: name of the step's folder, such as ``refined``.
            part: one of the step's parts, None for a step without parts.

        Raises:
            UnavailableError: the files are in the data lake, which cannot be used.
        """
        path = self.place(step, part)
        provide(path)
        folders_read.add(path)
        return path

    def complete(self, step: str, part: str | None = None) -> bool:
        """Whether the step finished."""
        return (self.place(step, part) / MANIFEST).is_file()

    def read(self, step: str, part: str | None = None) -> Path:
        """The folder of a finished step.

        Args:
            step: name of the step's folder, such as ``refined``.
            part: one of the step's parts, None for a step without parts.

        Raises:
            RunError: the step has not finished in this run, or there is no such run.
            UnavailableError: the files are in the data lake, which cannot be used.
        """
        self._require(step, part)
        return self.folder(step, part)

    def _require(self, step: str, part: str | None) -> None:
        if self.complete(step, part):
            return
        if not any(folder.exists() for folder in self.root.glob(f"*/{self.run_id}")):
            raise RunError(f"run {self.run_id!r} does not exist.", fix=f"Runs are the folders in {self.root}/*/.")
        name = f"{step}/{part}" if part else step
        message = f"run {self.run_id}: its folder {name} is missing or incomplete."
        raise RunError(message, fix=f"Run the step that writes it first: --step {STEP_OF.get(step, step)}.")

    def facts(self, step: str, part: str | None = None) -> dict[str, Any]:
        """The facts in the step's manifest.

        Args:
            step: name of the step's folder, such as ``refined``.
            part: one of the step's parts, None for a step without parts.

        Raises:
            RunError: the step has not finished in this run.
        """
        self._require(step, part)
        path = self.place(step, part)
        folders_read.add(path)
        facts: dict[str, Any] = json.loads((path / MANIFEST).read_text())
        return facts

    @contextmanager
    def write(self, step: str, part: str | None = None) -> Iterator[tuple[Path, dict[str, Any]]]:
        """A new folder for the step and a dict for its facts; it takes its name only when the block ends well.

        A step that ran before in the same run is replaced as a whole. A killed step leaves a ``.partial`` folder,
        which no step reads and ``maintenance`` removes.

        Args:
            step: name of the step's folder, such as ``refined``.
            part: one of the step's parts, None for a step without parts.
        """
        final = self.place(step, part)
        partial = partial_of(final)
        partial.mkdir(parents=True)
        facts: dict[str, Any] = {"run_id": self.run_id, "step": step}
        try:
            yield partial, facts
            facts["finished_at"] = datetime.now(UTC).isoformat(timespec="seconds")
            (partial / MANIFEST).write_text(json.dumps(facts, indent=2, default=str))
            take_name(partial, final)
            note_written(final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def latest_run(root: Path, step: str) -> str | None:
    """The id of the newest run in which the step is complete, by the time its manifest was written.

    Args:
        root: folder of a use case's runs.
        step: name of the step's folder.
    """
    manifests = sorted((root / step).glob(f"[!.]*/{MANIFEST}"), key=lambda path: path.stat().st_mtime)
    return manifests[-1].parent.name if manifests else None


def newest_run(settings: Settings, use_case: str, folder: str) -> str | None:
    """The id of the newest run in which a folder is complete, on this machine or in the data lake.

    Args:
        settings: the data folder, and ``PAUTA_LAKE_URI``.
        use_case: its name.
        folder: such as ``refined``.

    Returns:
        None where there is none.

    Raises:
        UnavailableError: the data lake cannot be used.
    """
    see_lake(settings, use_case)
    return latest_run(settings.data_dir / use_case, folder)


def remove(folder: Path) -> None:
    """Remove a folder, first from the data lake, if it is there, then from this machine.

    Args:
        folder: of a step; nothing happens if it is missing.

    Raises:
        UnavailableError: it is in the data lake, which cannot be used; the folder stays.
    """
    delete_from_lake(folder)
    take_away(folder)
