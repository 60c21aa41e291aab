"""Builds ``maintenance``: old runs, releases and events of every use case are removed, erased users from all runs."""

from collections.abc import Sequence
from datetime import timedelta
from pkgutil import resolve_name

from airflow.sdk import DAG, dag, get_current_context, task

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts, by_dag, data_run_id, plain, step_context
from pipelines.decisions import note_head, note_maintenance
from pipelines.lake.session import see_lake, work_on_lake
from pipelines.use_case import UseCase
from script_shared.settings import load_settings

DOC = """
### Maintenance

`reconcile` records trainings that MLflow lacks, if there is one, before their folders are removed; it never fails.
`prune` removes old runs, half-written folders and old releases of each use case. The release in service, and as many
others as the params file keeps (`[releases] keep`, `keep_runs`), always stay.

It also removes erased users from the runs that stay, lists the releases that still hold some, and removes
events older than `PAUTA_EVENTS_RETENTION_DAYS`, but none that the release in service has not folded, and lists
served longer ago than `PAUTA_SERVED_RETENTION_DAYS`. Posts about articles that later posts replaced are removed after
`PAUTA_POSTS_RETENTION_DAYS`; valid fields stay. The record of decisions gets an entry with what was deleted.

**Starts** every night at 03:30 UTC, or by hand.
"""


def maintenance_dag(cases: Sequence[UseCase]) -> DAG:
    """The nightly DAG, with one mapped task per use case.

    Args:
        cases: the use cases of this instance; each one's function ``maintenance`` is one task.
    """
    by_name = {case.name: case for case in cases}

    @dag(
        dag_id="maintenance",
        description="Removes old runs, releases and events, and erased users from all runs.",
        doc_md=DOC,
        tags=["maintenance"],
        schedule="30 3 * * *",
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=2),
        default_args=DEFAULT_ARGS,
    )
    def maintenance() -> None:
        @task(map_index_template="{{ use_case_name }}", trigger_rule="all_done")
        def prune(use_case: str) -> Facts:
            airflow = get_current_context()
            airflow["use_case_name"] = use_case  # type: ignore[typeddict-unknown-key]  # read by map_index_template
            case = by_name[use_case]
            context = step_context(case, data_run_id(airflow), airflow)
            with work_on_lake(context.settings, context.run.root, "maintenance", tidy=True):
                facts = case.function("maintenance")(context)
            note_maintenance(context, facts, by_dag(airflow))
            note_head(context.settings)
            return plain(facts)

        @task(map_index_template="{{ use_case_name }}")
        def reconcile(use_case: str) -> Facts:
            airflow = get_current_context()
            airflow["use_case_name"] = use_case  # type: ignore[typeddict-unknown-key]  # read by map_index_template
            settings = load_settings()
            see_lake(settings, use_case)
            return plain(resolve_name("pipelines.tracking.step:catch_up")(settings, use_case))

        pruned = [case.name for case in cases if case.maintenance]
        recorded = [case.name for case in cases if case.training_record]
        reconcile.expand(use_case=recorded) >> prune.expand(use_case=pruned)

    return maintenance()
