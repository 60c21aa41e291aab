"""Builds ``<use case>_evaluation``: the release in service, measured on the newest data."""

from datetime import timedelta

from airflow.sdk import DAG, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.airflow.assets import refined_asset
from pipelines.airflow.params import run_param
from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts, plain, refined_run_id, step_context
from pipelines.lake.session import work_on_lake
from pipelines.use_case import UseCase
from script_shared.errors import ReleaseMissingError, RunError

DOC = """
### {name}: evaluate the release in service on the newest events

`evaluate_service` measures the release in service by replay on the newest data, with clicks of the event log that no
data run has refined yet, and adds the rows to `evaluation_metrics.csv`. It says in one sentence whether the release
still earns its place: in its log, its report, `GET /evaluation` and the gauges `pauta_service_…`. No release changes.

**Starts** by its schedule (every six hours), or by hand for any refined run. Without a release or data, it is skipped.
"""


def evaluation_dag(case: UseCase) -> DAG:
    """The DAG that evaluates the release in service without a training.

    Args:
        case: its ``evaluation_schedule`` and its function ``evaluation`` make the DAG.
    """

    @dag(
        dag_id=f"{case.name}_evaluation",
        dag_display_name=f"{case.name}: evaluation",
        description="Evaluates the release in service on the newest data.",
        doc_md=DOC.format(name=case.name),
        tags=[case.name, "evaluation"],
        schedule=case.evaluation_schedule,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=4),
        default_args=DEFAULT_ARGS,
        params=run_param("the newest refined run"),
    )
    def evaluation() -> None:
        @task
        def evaluate_service() -> Facts:
            try:
                return _evaluate(case)
            except (ReleaseMissingError, RunError) as error:
                raise AirflowSkipException(str(error)) from error

        evaluate_service()

    return evaluation()


def _evaluate(case: UseCase) -> Facts:
    airflow = get_current_context()
    run_id = refined_run_id(case, refined_asset(case.name), airflow)
    context = step_context(case, run_id, airflow)
    with work_on_lake(context.settings, context.run.root, "evaluation"):
        return plain(case.function("evaluation")(context))
