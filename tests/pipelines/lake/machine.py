"""A machine of a test: its own data folder, and steps that read and write it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.lake import cache
from pipelines.lake.record import FolderManifest, Place, decode_manifest
from pipelines.lake.session import lake_of, see_lake, work_on_lake
from pipelines.runs import Run
from pipelines.use_case import Context, Step
from script_shared.settings import Settings
from script_shared.storage import Storage

USE_CASE = "trial"
_actions: list[Callable[[Run], Any]] = []


def act(context: Context) -> dict[str, Any]:
    """The action of every step of the tests."""
    _actions[-1](context.run)
    return {}


@dataclass(frozen=True)
class Machine:
    """A machine.

    Attributes:
        settings: with a data folder of its own, and the lake.
    """

    settings: Settings

    def run(self, run_id: str = "r1") -> Run:
        return Run(self.settings.data_dir / USE_CASE, run_id)

    def step(self, name: str, action: Callable[[Run], Any], run_id: str = "r1") -> None:
        """Do a step as a process of its own would: nothing is remembered of what this process did before."""
        forget()
        _actions.append(action)
        Step(name, f"{__name__}:act").run(Context(self.settings, None, self.run(run_id)))

    def work(self, action: Callable[[], Any]) -> None:
        """Do what is no step, such as maintenance."""
        forget()
        with work_on_lake(self.settings, self.run().root, "maintenance", tidy=True):
            action()

    def see(self) -> None:
        forget()
        see_lake(self.settings, USE_CASE)

    @property
    def lake(self) -> Storage:
        storage = lake_of(self.settings, USE_CASE)
        assert storage is not None
        return storage

    def manifest(self, folder: str, run_id: str = "r1", part: str = "") -> FolderManifest | None:
        stored = self.lake.read(Place(folder, run_id, part).key)
        return decode_manifest(stored.data, folder) if stored else None


def forget() -> None:
    """What a new process does not know."""
    cache.folders_read.clear()
    cache.folders_written.clear()
    cache._checked.clear()


def write(folder: str, files: dict[str, str], part: str | None = None) -> Callable[[Run], None]:
    """An action that writes files into a folder of the run."""

    def action(run: Run) -> None:
        with run.write(folder, part) as (place, facts):
            for name, text in files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_text(text)
            facts["files"] = len(files)

    return action


def texts(folder: Path) -> dict[str, str]:
    """The files of a folder, the step's manifest left out."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "_manifest.json"]
    return {file.relative_to(folder).as_posix(): file.read_text() for file in files}
