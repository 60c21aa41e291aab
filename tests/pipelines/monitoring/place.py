"""A place with releases, figures and runs of a use case, as its pipeline would leave them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.registry import find
from pipelines.runs import Run
from pipelines.use_case import Context, UseCase
from script_shared.events import EventLog
from script_shared.params import load_params
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.script_shared.releases.made import make_folder


@dataclass
class Place:
    """One use case below one folder.

    Attributes:
        folder: of everything.
        name: of the use case.
        changes: of params.
    """

    folder: Path
    name: str = "students"
    changes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.settings = Settings(
            data_dir=self.folder / "data",
            models_uri=str(self.folder / "models"),
            evaluation_dir=self.folder / "evaluation",
            cache_dir=self.folder / "cache",
            mlflow_uri="off",
        )
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.releases = Releases(f"{self.settings.models_uri}/{self.name}")

    @property
    def case(self) -> UseCase:
        return find(self.settings, self.name)

    def context(self) -> Context:
        """Of a look."""
        params = load_params(self.case.params_kind, self.case.params_file, self.changes)
        return self.case.context(self.settings, "monitoring", params=params)

    def serve(self, version: str = "v1") -> None:
        """Put a release into service."""
        self.releases.publish(make_folder(self.folder / "made" / version, version), version)
        self.releases.promote(version, "test")

    def write(self, name: str, figures: dict[str, Any]) -> None:
        """Figures in the folder of evaluations."""
        folder = self.settings.evaluation_dir / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(figures), encoding="utf-8")

    def run(self, run_id: str) -> Run:
        """A run's folders."""
        return Run(self.settings.data_dir / self.name, run_id)

    def drift(self, run_id: str, *, alarm: bool = True) -> None:
        """A run with refined data whose comparison found large drift."""
        with self.run(run_id).write(self.case.data_steps[-1].folder):
            pass
        columns = [
            {"column": "ida", "level": "large", "used": True},
            {"column": "new", "level": "large", "used": False},
            {"column": "age", "level": "notable", "used": True},
        ]
        compared = {"run_id": run_id, "alarm": alarm, "columns": columns}
        self.write("drift.json", {"run_id": run_id, "comparisons": {"long_term": compared}})

    def entries(self) -> list[Any]:
        """The record of decisions, oldest first."""
        log = EventLog(self.settings.events_address)
        try:
            return list(log.audit.chain())
        finally:
            log.close()
