"""Builds ``experiments``: every running experiment is analysed, and its limits are applied."""

from datetime import timedelta
from pkgutil import resolve_name

from airflow.sdk import DAG, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from pipelines.airflow.retries import DEFAULT_ARGS
from pipelines.airflow.steps import Facts, plain
from script_shared.settings import load_settings

DOC = """
### Experiments

`analyse` reads the served lists and clicks of every running experiment out of the event log, writes its report
(`experiments/<name>.html` and `.json` in the folder of evaluations), and stops variants that reach a limit: a loss, too
many answers that the release in service had to give, or too much time. Each stop is an entry in the record of
decisions, by `guard`, with the figures. Its intervals are valid at every look, so it may run as often as you like.

**Starts** every twenty minutes, or by hand. Without a running experiment it is skipped.
"""


def experiments_dag() -> DAG:
    """The DAG with one task, for the experiments of all use cases."""

    @dag(
        dag_id="experiments",
        description="Analyses running experiments and stops variants that reach a limit.",
        doc_md=DOC,
        tags=["experiments"],
        schedule="*/20 * * * *",
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=1),
        default_args=DEFAULT_ARGS,
    )
    def experiments() -> None:
        @task
        def analyse() -> Facts:
            verdicts = resolve_name("pipelines.experiments.analysis:analyse_all")(load_settings())
            if not verdicts:
                raise AirflowSkipException("No experiment runs.")
            return plain({"verdicts": verdicts})

        analyse()

    return experiments()
