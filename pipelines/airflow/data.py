"""Builds ``<use case>_data``: raw files to checked tables."""

from datetime import timedelta

from airflow.sdk import DAG, chain, dag

from pipelines.airflow.assets import refined
from pipelines.airflow.params import run_param, source_params
from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.tasks import data_task, steps_text
from pipelines.use_case import UseCase
from script_shared.settings import load_settings
from script_shared.use_case_settings import variable

DOC = """
### {name}: raw files to checked tables

{steps}

**Writes** {folders} under the data folder, then announces the run on the asset `{name}_refined`, which starts
`{name}_training`.

**Starts** by hand, or by the cron expression in `{variable}`.

**When it fails** on malformed input, the message names the file, user or line; correct it and trigger again. The
release in service is not touched. A task is retried by itself if its source is unreachable.
"""


def data_dag(case: UseCase) -> DAG:
    """The DAG of a use case's data steps; its last task announces the refined run."""

    @dag(
        dag_id=f"{case.name}_data",
        dag_display_name=f"{case.name}: data",
        description="From raw files to checked tables.",
        doc_md=DOC.format(
            name=case.name,
            steps=steps_text(case.data_steps),
            folders=", ".join(f"`{step.folder}/<run>`" for step in case.data_steps),
            variable="PAUTA_DATA_SCHEDULE" if case.name == "news" else variable(case.name, "schedule"),
        ),
        tags=[case.name, "data"],
        schedule=load_settings().of(case.name).schedule or case.schedule,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        params=source_params(case) | run_param("a new run, named after the time of the DAG run"),
    )
    def data() -> None:
        *earlier, last = case.data_steps
        chain(*(data_task(case, step) for step in earlier), data_task(case, last, refined(case.name)))

    return data()
