"""The record of one training of the students use case."""

from typing import Any

from pipelines.runs import Run
from pipelines.tracking.record import Record
from pipelines.tracking.training_record import record_of_training
from script_shared.releases import Releases


def record_of(run: Run, releases: Releases, *, over: bool = False) -> Record | None:
    """The record of the run's last training from its folders; see ``record_of_training``.

    Args:
        run: whose folders are read.
        releases: of the use case.
        over: nothing more will happen in the run.
    """
    return record_of_training(run, releases, over=over, training=_training, tags=_tags)


def _training(trained: dict[str, Any]) -> dict[str, Any]:
    return {name: trained["model"].get(name) for name in ("students", "rows")} | {"seconds": trained.get("seconds")}


def _tags(trained: dict[str, Any], steps: dict[str, Any]) -> dict[str, Any]:
    return {"pauta.members": ", ".join(trained["members"]), "pauta.window": steps.get("evaluated", {}).get("test", "")}
