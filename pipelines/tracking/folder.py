"""Where the tracking of a use case works: the runs that are its records, and the outcome of the last reconciliation."""

import json
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.registry import find
from pipelines.runs import MANIFEST, Run
from pipelines.tracking.record import Record
from script_shared.errors import PautaError
from script_shared.releases import Releases, open_releases
from script_shared.settings import Settings

log = logging.getLogger(__name__)
LAST = "last.json"
SEARCH = "search"  # the step whose files hold what was tried before a training
UNREADABLE = (PautaError, OSError, ValueError, KeyError, TypeError)  # also files of another version


@dataclass(frozen=True)
class TrackingFolder:
    """The folder ``tracking/<use case>`` of the data folder.

    Attributes:
        settings: where everything is.
        use_case: its name.
    """

    settings: Settings
    use_case: str

    @property
    def folder(self) -> Path:
        """Kept apart from the runs, which are pruned."""
        return self.settings.data_dir / "tracking" / self.use_case

    @property
    def kept_runs(self) -> Path:
        """What is left of runs that were removed before MLflow had their records: folders as those of the runs."""
        return self.folder / "runs"

    @property
    def releases(self) -> Releases:
        return open_releases(self.settings, self.use_case)

    @property
    def model(self) -> str:
        """Name of the experiment and of the registered model."""
        return f"pauta-{self.use_case}"

    def records(self) -> list[Record]:
        """A record of each training whose folders are there, oldest first."""
        found: dict[str, Record] = {}
        for root in (
            self.kept_runs,
            self.settings.data_dir / self.use_case,
        ):  # of a run that is in both, its own folders
            for records in self._by_run(root).values():
                found |= {record.key: record for record in records}
        return sorted(found.values(), key=lambda record: (record.started_ms, record.key))

    def _by_run(self, root: Path) -> dict[str, list[Record]]:
        """By run the record of its training, and of what was tried before it; runs without records are left out."""
        case = find(self.settings, self.use_case)
        record_of = case.function("training_record")
        tried = case.function("tried_records") if case.tried_records else lambda run: []
        found = {}
        for run_id in sorted({path.name for path in root.glob("[!.]*/[!.]*") if path.is_dir()}):
            try:
                run = Run(root, run_id)
                training: Record | None = record_of(run, self.releases)
                records = [*tried(run), *([training] if training else [])]
            except UNREADABLE as error:
                log.warning("run %s: no record can be made from its folders: %s", run_id, error)
                continue
            if records:
                found[run_id] = records
        return found

    def keep_missing(self) -> None:
        """Copy what records are made from, manifests and pages, of the runs that MLflow may not have."""
        if (self.last() or {"problem": "nothing was recorded yet"})["problem"]:
            root = self.settings.data_dir / self.use_case
            for run_id, records in self._by_run(root).items():
                self.forget([run_id])
                facts = [*root.glob(f"[!.]*/{run_id}/**/{MANIFEST}"), *root.glob(f"{SEARCH}/{run_id}/*.json")]
                for file in {*facts, *(file for record in records for file in record.files.values())}:
                    copy = self.kept_runs / file.relative_to(root)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, copy)

    def forget(self, run_ids: Iterable[str]) -> None:
        """Remove what was kept of runs."""
        for folder in [folder for run_id in run_ids for folder in self.kept_runs.glob(f"*/{run_id}")]:
            shutil.rmtree(folder, ignore_errors=True)

    def last(self) -> dict[str, Any] | None:
        """The outcome of the last reconciliation, None before the first."""
        try:
            found: dict[str, Any] = json.loads((self.folder / LAST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def note(self, outcome: dict[str, Any]) -> None:
        """Write the outcome of a reconciliation."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / LAST).write_text(json.dumps(outcome), encoding="utf-8")
        except OSError as error:
            log.warning("%s: cannot be written: %s", self.folder / LAST, error)
