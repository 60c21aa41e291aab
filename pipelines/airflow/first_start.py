"""Prepares Airflow's database, and queues the first run of every use case that has no release: ``python -m ...``.

It runs before the other components start, each time the stack is started. A run that is queued here waits in the
database for the scheduler.
"""

import logging
import sys

from pipelines.registry import use_cases
from script_shared.environments import check_environment
from script_shared.environments.production import TRAINING
from script_shared.errors import PautaError
from script_shared.releases import open_releases
from script_shared.settings import load_settings

log = logging.getLogger("pauta.first_start")


def main() -> int:
    """Migrate, then start what is missing; the exit code."""
    try:
        settings = load_settings()
        check_environment(settings, TRAINING)
        _airflow("db", "migrate")
        missing = [case for case in use_cases(settings) if open_releases(settings, case).current() is None]
    except PautaError as error:
        log.error("%s", error.log_text)
        return 1
    waiting = [case for case in missing if not _under_way(f"{case}_data", f"{case}_training")]
    if waiting:
        _airflow("dags", "reserialize")
    for case in waiting:
        log.info("%s has no release: its first run is queued", case)
        _airflow("dags", "trigger", f"{case}_data")
    return 0


def _airflow(*arguments: str) -> None:
    """One of Airflow's own commands, in this process: importing Airflow takes seconds each time."""
    from airflow.cli.cli_parser import get_parser

    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)


def _under_way(*dags: str) -> bool:
    """Whether a run of one of the DAGs waits or runs."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.state import DagRunState

    return any(DagRun.find(dag_id=list(dags), state=state) for state in (DagRunState.QUEUED, DagRunState.RUNNING))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.exit(main())
