"""Brings MLflow in line with the runs' folders and the releases. Repeating it changes nothing."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec

import httpx

from pipelines.tracking.folder import TrackingFolder
from pipelines.tracking.mlflow_store import MlflowStore, import_client, is_refusal
from pipelines.tracking.record import Record
from pipelines.tracking.registry_plan import CANDIDATE, PRODUCTION, registry_plan
from pipelines.tracking.run_ids import write_run_ids
from script_shared.addresses import sqlite_file
from script_shared.errors import UnavailableError
from script_shared.settings import Settings
from script_shared.storage.local import file_lock

PROBE_SECONDS = 3.0
LOCK_SECONDS = 60.0


@dataclass
class Outcome:
    """The result of a reconciliation.

    Attributes:
        problem: why something is left to do, "" when nothing is.
        runs: trainings that were recorded in MLflow.
        versions: releases that were registered.
        aliases: by alias that was moved, the release that it names now.
        waiting: trainings that MLflow may not have.
        at: when it ended, UTC, ISO 8601.
    """

    problem: str = ""
    runs: int = 0
    versions: int = 0
    aliases: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    at: str = ""


def reconcile(settings: Settings, use_case: str) -> Outcome:
    """Record every training whose folders are there, then bring versions and aliases in line with the releases.

    Every failure is in the outcome; the next reconciliation tries again what was not recorded.
    """
    desk = TrackingFolder(settings, use_case)
    outcome = Outcome()
    try:
        desk.folder.mkdir(parents=True, exist_ok=True)
        with file_lock(desk.folder / ".lock", LOCK_SECONDS):
            records = desk.records()
            outcome.waiting = len(records)
            _bring_up_to_date(desk, records, outcome)
    except Exception as error:  # noqa: BLE001  whatever MLflow and its client do, training goes on
        outcome.problem = safe_message(error, settings)
    outcome.at = datetime.now(UTC).isoformat(timespec="seconds")
    desk.note(asdict(outcome))
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


def _bring_up_to_date(desk: TrackingFolder, records: list[Record], outcome: Outcome) -> None:
    store, refused = open_store(desk), set()
    for record in records:
        try:
            outcome.runs += store.write_run(record)
        except Exception as error:
            if not is_refusal(error):
                raise
            refused.add(record.run_id)
            outcome.problem = f"run {record.run_id}: {safe_message(error, desk.settings)}"
    recorded = [record for record in records if record.run_id not in refused]
    outcome.waiting = len(records) - len(recorded)
    write_run_ids(desk.settings.evaluation_dir / desk.use_case, store.experiment, _ids_of(store), recorded)
    plan = registry_plan(desk.releases)
    gone = {record.release.version: record.release for record in recorded if record.release} | plan.releases
    in_order = sorted(gone.values(), key=lambda release: (release.created_at, release.version))
    outcome.versions = store.write_versions(in_order, set(plan.releases))
    outcome.aliases = store.write_aliases(plan.aliases, (CANDIDATE, PRODUCTION))
    desk.forget(record.run_id for record in recorded)


def _ids_of(store: MlflowStore) -> dict[str, str]:
    """MLflow's ids of the runs that nobody deleted, by key of their record."""
    kept = [each for each in store.runs.items() if each[1].info.lifecycle_stage != "deleted"]
    return {key: str(run.info.run_id) for key, run in kept}


def safe_message(error: Exception, settings: Settings) -> str:
    """The error in one line, without the credentials that an address may hold."""
    text = " ".join(f"{error}".split()) or type(error).__name__
    parts = httpx.URL(settings.mlflow_address or "")
    return text.replace(parts.userinfo.decode(), "***") if parts.userinfo else text
