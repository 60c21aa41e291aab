"""Builds ``releases``: carries out what a person did on a page of the API, which may not write the release store."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, get_args

from airflow.sdk import DAG, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts
from pipelines.decisions import record
from pipelines.use_case import UseCase
from script_shared.errors import InputError, ReleaseError
from script_shared.releases.by_person import Action, ActionName, carry_out, decision_of
from script_shared.releases.store import open_releases
from script_shared.settings import load_settings

DOC = """
### Releases by hand

`move` puts a release into service, goes back to the one before, protects one, or ends that. The pages for operators
start this DAG where the API may only read the release store, as in the containers. A promote or rollback changes
nothing if another release is in service than the person saw. The record of decisions gets one entry, under the name of
the person's token.

**Starts** by hand, or from the page *Releases* of the API.
"""


def releases_dag(cases: Sequence[UseCase]) -> DAG:
    """The DAG with one task.

    Args:
        cases: the use cases of this instance.
    """

    @dag(
        dag_id="releases",
        description="Puts a release into service, goes back, or protects one, for a person on a page of the API.",
        doc_md=DOC,
        tags=["releases"],
        schedule=None,
        catchup=False,
        max_active_runs=1,
        params=_params([case.name for case in cases]),
        dagrun_timeout=timedelta(minutes=10),
        default_args=DEFAULT_ARGS,
    )
    def releases() -> None:
        @task
        def move() -> Facts:
            airflow = get_current_context()
            given, settings = airflow["params"], load_settings()
            action = Action(given["action"], given["reason"], given["by"], given["in_service"], given["version"])
            try:
                pointer = carry_out(open_releases(settings, given["use_case"]), action)
            except (ReleaseError, InputError) as error:  # trying again would not help
                raise AirflowFailException(str(error)) from error
            run = str(airflow["dag_run"].run_id)
            record(settings, decision_of(action, given["use_case"], pointer, {"dag": "releases", "run": run}))
            return {"in_service": pointer.version, "sequence": pointer.sequence}

        move()

    return releases()


def _params(names: Sequence[str]) -> dict[str, Param]:
    """The params of a run, as the form in Airflow shows them."""
    text: dict[str, Any] = {"type": "string", "maxLength": 500}
    actions = list(get_args(ActionName))
    return {
        "use_case": Param(names[0], type="string", enum=names, title="Use case", description="Of the release."),
        "action": Param("pin", type="string", enum=actions, title="Action", description="What is done."),
        "version": Param("", title="Release", description="Empty for a rollback.", **text),
        "in_service": Param("", title="Release in service", description="As the person saw it.", **text),
        "reason": Param("", title="Reason", description="Kept in the pointer and in the record.", **text),
        "by": Param("", title="By", description="Name of the person's token.", **text),
    }
