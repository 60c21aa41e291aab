"""Builds ``backup``: a backup on a schedule, restored for a trial each time."""

from datetime import timedelta
from pkgutil import resolve_name

from airflow.sdk import DAG, dag, task

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts, plain
from script_shared.settings import Settings, load_settings

DOC = """
### Backup

`save` copies the releases of every use case and the databases of the event log into a new folder below
`PAUTA_BACKUP_DIR`. `restore` restores this backup into a scratch place: every table must have the rows and checksums
that were recorded, the log is read to its end, all files of all releases are verified, and the release in service of
each use case is loaded. `tidy` removes all but the newest `PAUTA_BACKUP_KEEP` backups, never the newest that was
restored without a problem.

**Starts** by `PAUTA_BACKUP_SCHEDULE`, or by hand. docs/operations.md says how to restore a backup by hand.
"""


def backup_dag(settings: Settings) -> DAG:
    """The DAG with its three tasks.

    Args:
        settings: ``backup_schedule`` is when it starts.
    """

    @dag(
        dag_id="backup",
        description="Saves the event log and the releases, and tries to restore them.",
        doc_md=DOC,
        tags=["maintenance"],
        schedule=settings.backup_schedule,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=6),
        default_args=DEFAULT_ARGS,
    )
    def backup() -> None:
        @task
        def save() -> Facts:
            return plain(resolve_name("pipelines.backup.steps:save")(load_settings()))

        @task
        def restore() -> Facts:
            return plain(resolve_name("pipelines.backup.steps:restore")(load_settings()))

        @task
        def tidy() -> Facts:
            return plain(resolve_name("pipelines.backup.steps:tidy")(load_settings()))

        save() >> restore() >> tidy().as_teardown()

    return backup()
