"""The one place that talks to MLflow: runs and their figures in an experiment, releases in a registered model."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from pipelines.tracking.record import Record, Release
from script_shared.addresses import sqlite_file

T = TypeVar("T")
KEY, DIGEST, RUN_ID, RELEASE = "pauta.training", "pauta.digest", "pauta.run_id", "pauta.release"
STATUS = {"running": "RUNNING", "finished": "FINISHED", "failed": "FAILED"}
PARAMS_AT_ONCE, METRICS_AT_ONCE, TAGS_AT_ONCE = 100, 1_000, 100  # what MLflow takes in one request
LONGEST = 5_000  # characters of a tag or param
LONGEST_DIGEST = 36
KIND = {"mlflow.experimentKind": "custom_model_development"}  # MLflow shows trainings, not prompts
REFUSALS = ("INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST")
QUIET = {  # a client that gives up soon and tells nobody; what the environment says already holds
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "GIT_PYTHON_REFRESH": "quiet",
}


def import_client() -> Any:
    """MLflow's client, which takes seconds the first time; quiet, and without patience."""
    os.environ |= {key: value for key, value in QUIET.items() if key not in os.environ}
    from mlflow import MlflowClient

    return MlflowClient


class MlflowStore:
    """One experiment and one registered model of the same name.

    Importing MLflow takes seconds, so this is made in a process of its own.

    Args:
        address: of a server (``http://…``) or of a SQLite store (``sqlite:///…``), which is made when it is not there.
        name: of both.
    """

    def __init__(self, address: str, name: str) -> None:
        self._client = import_client()(tracking_uri=address, registry_uri=address)
        self._name = name
        self.experiment = self._experiment_id(_artifacts_beside(address))
        self.runs = {run.data.tags.get(KEY, ""): run for run in self._all_runs()}

    def _experiment_id(self, artifacts: str | None) -> str:
        found = self._client.get_experiment_by_name(self._name)
        if found is None:
            return str(self._client.create_experiment(self._name, artifact_location=artifacts, tags=KIND))
        if found.lifecycle_stage == "deleted":
            self._client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)

    def _all_runs(self) -> Iterator[Any]:
        """All runs including deleted ones, so that a deleted run is not made again."""
        from mlflow.entities import ViewType

        token = None
        while token != "":
            page = self._client.search_runs([self.experiment], "", ViewType.ALL, 1_000, ["attribute.start_time"], token)
            yield from page
            token = page.token or ""

    def has(self, record: Record) -> bool:
        """Whether MLflow has the record as it is now, or a person deleted its run there."""
        run = self.runs.get(record.key)
        return run is not None and (
            run.info.lifecycle_stage == "deleted" or run.data.tags.get(DIGEST) == record.digest()
        )

    def write_run(self, record: Record) -> bool:
        """Write a training's record into its run in MLflow; False if it is there already.

        The digest is written last, so that a run that was cut short is written again.
        """
        if self.has(record):
            return False
        run = self.runs.get(record.key)
        if run is None:
            tags = {KEY: record.key, RUN_ID: record.run_id}
            run = self._client.create_run(self.experiment, record.started_ms, tags, record.run_id)
        run_id = run.info.run_id
        self._write_values(run_id, record, set(run.data.params))
        self._write_data(run_id, record.data)
        self._write_files(run_id, record.files)
        if record.state == "running":
            self._client.update_run(run_id, "RUNNING")
        else:
            self._client.set_terminated(run_id, STATUS[record.state], record.ended_ms)
        self._client.set_tag(run_id, DIGEST, record.digest())
        self.runs[record.key] = self._client.get_run(run_id)
        return True

    def _write_values(self, run_id: str, record: Record, known: set[str]) -> None:
        """A param that is known already keeps its first value: MLflow lets none be changed."""
        from mlflow.entities import Metric, Param, RunTag

        params = [Param(name, value[:LONGEST]) for name, value in record.params.items() if name not in known]
        metrics = [Metric(name, value, record.ended_ms, 0) for name, value in record.metrics.items()]
        tags = [RunTag(name, value[:LONGEST]) for name, value in _run_tags(record).items()]
        for some_params in _portions(params, PARAMS_AT_ONCE):
            self._client.log_batch(run_id, params=some_params)
        for some_metrics in _portions(metrics, METRICS_AT_ONCE):
            self._client.log_batch(run_id, metrics=some_metrics)
        for some_tags in _portions(tags, TAGS_AT_ONCE):
            self._client.log_batch(run_id, tags=some_tags)

    def _write_files(self, run_id: str, files: dict[str, Path]) -> None:
        """The files as artifacts; MLflow names them as they are named in a folder."""
        with TemporaryDirectory(prefix="pauta-artifacts-") as folder:
            for place, file in files.items():
                copy = Path(folder) / place
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
            self._client.log_artifacts(run_id, folder)

    def _write_data(self, run_id: str, data: dict[str, str]) -> None:
        """The data as MLflow's data set of the run: its name and the end of its fingerprint."""
        from mlflow.entities import Dataset, DatasetInput

        if data.get("fingerprint"):
            digest = data["fingerprint"][-LONGEST_DIGEST:]
            dataset = Dataset(data.get("source", "data"), digest, "pauta", json.dumps(data))
            self._client.log_inputs(run_id, [DatasetInput(dataset)])

    def write_versions(self, releases: Iterable[Release], there: set[str]) -> int:
        """See that each release is a version of the registered model; returns how many were added.

        Args:
            releases: oldest first.
            there: versions of available releases; the tag ``available`` says which.
        """
        known = self._versions()
        added = 0
        for release in releases:
            if release.version not in known:
                known[release.version] = self._add_version(release)
                added += 1
        for version, entry in known.items():
            available = "yes" if version in there else "no"
            if entry.tags.get("available") != available:
                self._client.set_model_version_tag(self._name, entry.version, "available", available)
        return added

    def _versions(self) -> dict[str, Any]:
        """The registered model's versions by release; the model is made when it is not there."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.get_registered_model(self._name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            self._client.create_registered_model(self._name)
            return {}
        found: dict[str, Any] = {}
        token = None
        while token != "":
            page = self._client.search_model_versions(f"name='{self._name}'", 1_000, page_token=token)
            found |= {each.tags.get("release", ""): each for each in page}
            token = page.token or ""
        return found

    def _add_version(self, release: Release) -> Any:
        return self._client.create_model_version(
            self._name,
            f"pauta://{self._name}/{release.version}",  # the arrays stay where they are; a server refuses its own paths
            self._run_of(release),
            _version_tags(release),
            description="\n\n".join(release.reasons)[:LONGEST] or None,
            await_creation_for=0,
        )

    def _run_of(self, release: Release) -> str | None:
        """MLflow's run of the training that made it."""
        return next(
            (str(run.info.run_id) for run in self.runs.values() if run.data.tags.get(RELEASE) == release.version), None
        )

    def aliases(self) -> dict[str, str]:
        """The release that each alias names."""
        numbers = self._client.get_registered_model(self._name).aliases
        releases = {str(entry.version): release for release, entry in self._versions().items()}
        return {alias: releases.get(str(number), f"version {number}") for alias, number in numbers.items()}

    def write_aliases(self, wanted: dict[str, str], ours: Sequence[str]) -> dict[str, str]:
        """Set our aliases, and remove those that name nothing; returns the changes."""
        present, known = self.aliases(), self._versions()
        changed = {}
        for alias in ours:
            release = wanted.get(alias, "")
            if present.get(alias, "") == release:
                continue
            if release:
                self._client.set_registered_model_alias(self._name, alias, known[release].version)
            else:
                self._client.delete_registered_model_alias(self._name, alias)
            changed[alias] = release
        return changed


def is_refusal(error: Exception) -> bool:
    """Whether MLflow refused this one request; others may succeed."""
    return getattr(error, "error_code", "") in REFUSALS


def _run_tags(record: Record) -> dict[str, str]:
    release = {RELEASE: record.release.version, "pauta.release_uri": record.release.uri} if record.release else {}
    data = {f"pauta.data_{name}": value for name, value in record.data.items()}
    return record.tags | data | release | {"mlflow.source.name": "pipelines", "mlflow.source.type": "JOB"}


def _version_tags(release: Release) -> dict[str, str]:
    tags = {
        "release": release.version,
        "run_id": release.run_id,
        "uri": release.uri,
        "manifest_sha256": release.checksum,
        "created_at": release.created_at,
        "gate": release.verdict,
        "available": "yes",
    }
    return {name: value for name, value in tags.items() if value}


def _artifacts_beside(address: str) -> str | None:
    """The folder for artifacts without a server: beside the database."""
    file = sqlite_file(address)
    return (file.absolute().parent / "artifacts").as_uri() if file else None


def _portions(items: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part
