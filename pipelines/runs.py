"""A run: one folder per step, complete when its manifest is there, never changed afterwards."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from script_shared.errors import InputError, RunError

MANIFEST = "_manifest.json"
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

    def folder(self, step: str, part: str | None = None) -> Path:
        """Where a step's output is, whether it exists or not: ``<root>/<step>/<run id>[/<part>]``."""
        base = self.root / step / self.run_id
        return base / part if part else base

    def complete(self, step: str, part: str | None = None) -> bool:
        """Whether the step finished."""
        return (self.folder(step, part) / MANIFEST).is_file()

    def read(self, step: str, part: str | None = None) -> Path:
        """The folder of a finished step.

        Args:
            step: name of the step's folder, such as ``refined``.
            part: one of the step's parts, None for a step without parts.

        Raises:
            RunError: the step has not finished in this run, or there is no such run.
        """
        if self.complete(step, part):
            return self.folder(step, part)
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
        facts: dict[str, Any] = json.loads((self.read(step, part) / MANIFEST).read_text())
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
        final = self.folder(step, part)
        partial = final.with_name(f".{final.name}.{os.getpid()}-{secrets.token_hex(2)}.partial")
        partial.mkdir(parents=True)
        facts: dict[str, Any] = {"run_id": self.run_id, "step": step}
        try:
            yield partial, facts
            facts["finished_at"] = datetime.now(UTC).isoformat(timespec="seconds")
            (partial / MANIFEST).write_text(json.dumps(facts, indent=2, default=str))
            _take_name(partial, final)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _take_name(partial: Path, final: Path) -> None:
    if final.exists():
        old = partial.with_name(partial.name.replace(".partial", ".old.partial"))
        final.rename(old)
        partial.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    else:
        partial.rename(final)


def latest_run(root: Path, step: str) -> str | None:
    """The id of the newest run in which the step is complete, by the time its manifest was written.

    Args:
        root: folder of a use case's runs.
        step: name of the step's folder.
    """
    manifests = sorted((root / step).glob(f"[!.]*/{MANIFEST}"), key=lambda path: path.stat().st_mtime)
    return manifests[-1].parent.name if manifests else None


def remove(folder: Path) -> None:
    """Take the name away first: a half-removed folder must never look like a finished step.

    Args:
        folder: of a step; nothing happens if it is missing.
    """
    away = folder.with_name(f".{folder.name}.{secrets.token_hex(2)}.partial")
    with suppress(FileNotFoundError):
        folder.rename(away)
        shutil.rmtree(away, ignore_errors=True)
