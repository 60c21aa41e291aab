"""Brings MLflow in line with the runs' folders and the releases. Repeating it changes nothing."""

import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

from pipelines.registry import find
from pipelines.tracking.mlflow_store import MlflowStore, import_client, is_refusal
from pipelines.tracking.outbox import Outbox
from pipelines.tracking.record import Record
from pipelines.tracking.registry_plan import CANDIDATE, PRODUCTION, registry_plan
from script_shared.addresses import sqlite_file
from script_shared.errors import PautaError, UnavailableError
from script_shared.releases import Releases, open_releases
from script_shared.settings import Settings
from script_shared.storage.local import locked

log = logging.getLogger(__name__)
PROBE_SECONDS = 3.0
LOCK_SECONDS = 60.0
LAST = "last.json"


@dataclass
class Outcome:
    """The result of a reconciliation.

    Attributes:
        problem: why something is left to do, "" when nothing is.
        runs: trainings that were recorded in MLflow.
        versions: releases that were registered.
        aliases: by alias that was moved, the release that it names now.
        waiting: records that are left in the outbox.
        at: when it ended, UTC, ISO 8601.
    """

    problem: str = ""
    runs: int = 0
    versions: int = 0
    aliases: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    at: str = ""


@dataclass(frozen=True)
class TrackingFolder:
    """Where the tracking of one use case works.

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
    def outbox(self) -> Outbox:
        return Outbox(self.folder / "outbox")

    @property
    def releases(self) -> Releases:
        return open_releases(self.settings, self.use_case)

    @property
    def model(self) -> str:
        """Name of the experiment and of the registered model."""
        return f"pauta-{self.use_case}"

    def collect(self) -> None:
        """Put a record of every training whose folders are there into the outbox."""
        case = find(self.settings, self.use_case)
        trained_runs, record_of = case.function("trained_runs"), case.function("training_record")
        for run_id in trained_runs(self.settings.data_dir / self.use_case):
            try:
                record: Record | None = record_of(case.run(self.settings, run_id), self.releases)
            except (PautaError, OSError, ValueError, KeyError, TypeError) as error:  # files of another version too
                log.warning("run %s: no record can be made from its folders: %s", run_id, error)
                continue
            if record:
                self.outbox.put(record)

    def last(self) -> dict[str, Any] | None:
        """The outcome of the last reconciling, None before the first."""
        try:
            found: dict[str, Any] = json.loads((self.folder / LAST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found


def reconcile(settings: Settings, use_case: str) -> Outcome:
    """Deliver waiting records, then bring versions and aliases in line with the releases.

    Whatever goes wrong ends up in the outcome; what was not delivered waits on.
    """
    desk = TrackingFolder(settings, use_case)
    outcome = Outcome()
    try:
        desk.folder.mkdir(parents=True, exist_ok=True)
        desk.outbox.clear_leftovers()
        desk.collect()
        require_mlflow(desk)
        with locked(desk.folder / ".lock", LOCK_SECONDS):
            _bring_up_to_date(desk, outcome)
    except Exception as error:  # noqa: BLE001  whatever MLflow and its client do, training goes on
        outcome.problem = safe_message(error, settings)
    outcome.waiting = len(desk.outbox.records())
    outcome.at = datetime.now(UTC).isoformat(timespec="seconds")
    _note(desk, outcome)
    return outcome


def require_mlflow(desk: TrackingFolder) -> str:
    """Its address, once it is known to be there; its client, which takes seconds, is imported.

    Raises:
        UnavailableError: it is not installed, or nothing answers.
    """
    address = desk.settings.mlflow_address
    if address is None:
        raise UnavailableError("MLflow is disabled.", fix="Set PAUTA_MLFLOW_URI.")
    if find_spec("mlflow") is None:
        raise UnavailableError("the package mlflow is not installed.", fix="Install requirements_airflow.txt.")
    if address.startswith("http"):
        try:
            httpx.get(f"{address.rstrip('/')}/health", timeout=PROBE_SECONDS)
        except httpx.HTTPError as error:
            raise UnavailableError(f"MLflow does not answer: {error or type(error).__name__}.") from error
    elif file := sqlite_file(address):
        file.parent.mkdir(parents=True, exist_ok=True)
    import_client()
    return address


def open_store(desk: TrackingFolder) -> MlflowStore:
    """MLflow's client, ready to read and write.

    Raises:
        UnavailableError: it is not there.
    """
    return MlflowStore(require_mlflow(desk), desk.model)


def _bring_up_to_date(desk: TrackingFolder, outcome: Outcome) -> None:
    from_outbox = desk.outbox.records()
    store = open_store(desk)
    delivered = []
    for record in from_outbox:
        try:
            outcome.runs += store.write_run(record)
            delivered.append(record)
        except Exception as error:
            if not is_refusal(error):
                raise
            outcome.problem = f"run {record.run_id}: {safe_message(error, desk.settings)}"
    plan = registry_plan(desk.releases)
    gone = {record.release.version: record.release for record in delivered if record.release} | plan.releases
    in_order = sorted(gone.values(), key=lambda release: (release.created_at, release.version))
    outcome.versions = store.write_versions(in_order, set(plan.releases))
    outcome.aliases = store.write_aliases(plan.aliases, (CANDIDATE, PRODUCTION))
    for record in delivered:
        desk.outbox.settle(record)


def safe_message(error: Exception, settings: Settings) -> str:
    """The error in one line, without the credentials that an address may hold."""
    text = " ".join(f"{error}".split()) or type(error).__name__
    parts = httpx.URL(settings.mlflow_address or "")
    return text.replace(parts.userinfo.decode(), "***") if parts.userinfo else text


def _note(desk: TrackingFolder, outcome: Outcome) -> None:
    try:
        (desk.folder / LAST).write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    except OSError as error:
        log.warning("%s: cannot be written: %s", desk.folder / LAST, error)
