"""What MLflow holds, read with its own client, as plain values."""

from typing import Any

from mlflow import MlflowClient

NAME = "pauta-news"


def runs(address: str) -> dict[str, Any]:
    """MLflow's runs by the pipeline's run id."""
    client = MlflowClient(address, address)
    experiment = client.get_experiment_by_name(NAME)
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    by_name = {run.data.tags["pauta.run_id"]: run for run in found}
    assert len(by_name) == len(found)
    return by_name


def artifacts(address: str, run: Any, folder: str | None = None) -> set[str]:
    """Paths of all files of a run."""
    listed = MlflowClient(address, address).list_artifacts(run.info.run_id, folder)
    return {each.path for each in listed if not each.is_dir}.union(
        *(artifacts(address, run, each.path) for each in listed if each.is_dir)
    )


def registry(address: str) -> dict[str, Any]:
    """By release its tags and the pipeline run it links to, and the aliases, whenever they were recorded."""
    client = MlflowClient(address, address)
    named = {run.info.run_id: name for name, run in runs(address).items()}
    versions = client.search_model_versions(f"name='{NAME}'")
    by_number = {str(each.version): each.tags["release"] for each in versions}
    aliases = {name: by_number[str(number)] for name, number in client.get_registered_model(NAME).aliases.items()}
    return {
        "aliases": aliases,
        "releases": {each.tags["release"]: (named.get(each.run_id), dict(each.tags)) for each in versions},
        "order": [by_number[number] for number in sorted(by_number, key=int)],
    }
