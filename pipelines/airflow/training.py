"""Builds ``<use case>_training``: checked tables to a promoted release."""

from datetime import timedelta

from airflow.sdk import DAG, chain, dag

from pipelines.airflow.assets import refined_asset, release
from pipelines.airflow.params import force_param, run_param
from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.tasks import choose_run_task, last_task, steps_text, training_task
from pipelines.use_case import UseCase

DOC = """
### {name}: checked tables to a release in service

- `choose_run` finds the refined run
{steps}

**Starts** when `{name}_data` announces a run on the asset `{name}_refined`, or by hand for any refined run.

**When the gate refuses**, the run succeeds and `promote` is shown as skipped, with the reason in its log and in its
XCom; the release in service stays. `force` overrules the gate either way.
"""


def training_dag(case: UseCase) -> DAG:
    """The DAG of all steps after the data steps; its last task announces the release.

    Args:
        case: its training steps make the DAG, in their order.
    """

    @dag(
        dag_id=f"{case.name}_training",
        dag_display_name=f"{case.name}: training",
        description="From checked tables to a promoted release.",
        doc_md=DOC.format(name=case.name, steps=steps_text(case.training_steps)),
        tags=[case.name, "training"],
        schedule=[refined_asset(case.name)],
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        params=run_param("the run that was announced, or the newest one") | force_param(),
    )
    def training() -> None:
        steps = case.training_steps
        *earlier, last = (step for step in steps if not step.always)
        chain(
            choose_run_task(case, refined_asset(case.name)),
            *(training_task(case, step) for step in earlier),
            training_task(case, last, release(case.name)),
            *(last_task(case, step) for step in steps if step.always),
        )

    return training()
