"""Builds ``<use case>_data``: raw files to checked tables."""

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, chain, dag

from pipelines.airflow.assets import refined_asset
from pipelines.airflow.params import run_param, source_params
from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.tasks import data_task, steps_text
from pipelines.raw_files.arrival import is_watched
from pipelines.use_case import UseCase
from script_shared.settings import load_settings
from script_shared.use_case_settings import variable

DOC = """
### {name}: raw files to checked tables

{steps}

**Writes** {folders} under the data folder, then announces the run on the asset `{name}_refined`, which starts
`{name}_training`.

**Starts** by hand, {cron}{arrival}.

**When it fails** on malformed input, the message names the file, user or line; correct it and trigger again. The
release in service is not touched. A task is retried by itself if its source is unreachable.
"""


def data_dag(case: UseCase) -> DAG:
    """The DAG of a use case's data steps; its last task announces the refined run.

    Args:
        case: its data steps, its schedule and, if its source is watched, its fingerprint make the DAG.
    """

    @dag(
        dag_id=f"{case.name}_data",
        dag_display_name=f"{case.name}: data",
        description="From raw files to checked tables.",
        doc_md=DOC.format(
            name=case.name,
            steps=steps_text(case.data_steps),
            folders=", ".join(f"`{step.folder}/<run>`" for step in case.data_steps),
            cron=_cron_text(case),
            arrival=", or when new files arrive where its source looks" if is_watched(case, load_settings()) else "",
        ),
        tags=[case.name, "data"],
        schedule=_schedule(case),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=DEFAULT_ARGS,
        params=source_params(case) | run_param("a new run, named after the time of the DAG run"),
    )
    def data() -> None:
        *earlier, last = case.data_steps
        chain(*(data_task(case, step) for step in earlier), data_task(case, last, refined_asset(case.name)))

    return data()


def _cron_text(case: UseCase) -> str:
    name = "PAUTA_DATA_SCHEDULE" if case.name == "news" else variable(case.name, "schedule")
    usual = f" (`{case.schedule}` where it is not set)" if case.schedule else ""
    return f"or by the cron expression in `{name}`{usual}"


def _schedule(case: UseCase) -> Any:
    """The cron expression; with a watched landing folder also the arrival of files."""
    settings = load_settings()
    cron = settings.of(case.name).schedule or case.schedule
    if not is_watched(case, settings):
        return cron
    from pipelines.airflow.arrival import landing

    assets = [landing(case.name)]
    if cron is None:
        return assets
    return AssetOrTimeSchedule(timetable=CronTriggerTimetable(cron, timezone="UTC"), assets=assets)
