"""Where people see one run: its DAG run in Airflow, its record in MLflow, its time in Grafana."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from app.operations.links import Links
from script_shared.audit.decision import Entry
from script_shared.times import epoch_ms

STARTED = re.compile(r"started as \w+: (\S+)")
BEFORE_MS, AFTER_MS = 3 * 3_600_000, 24 * 3_600_000  # around an evaluation: its training, and what it then did
MONITORING = "_monitoring"
MLFLOW_RUNS = "mlflow_runs.json"  # that the pipelines write after a delivery to MLflow


class RunLinks:
    """Args:
    links: addresses of the installation.
    use_case: its name.
    entries: of the record of decisions, the trainings of the use case.
    folder: of the use case's evaluations.
    """

    def __init__(self, links: Links, use_case: str, entries: Iterable[Entry], folder: Path) -> None:
        self._links = links
        self._airflow = dag_runs_of(entries, use_case) if links.airflow else {}
        self._experiment, self._mlflow = mlflow_runs_in(folder) if links.mlflow else ("", {})

    def of(self, run: str, evaluated_at: str) -> dict[str, str]:
        """Addresses of a run by tool; a tool that has nothing of the run, or no address, is left out.

        Args:
            run: its id.
            evaluated_at: time of its evaluation, "" for none.
        """
        found = {}
        if run in self._airflow:
            dag, dag_run = self._airflow[run]
            found["airflow"] = f"{self._links.dag(dag)}/{quote(dag_run, safe='')}"
        if run in self._mlflow:
            place = f"{quote(self._experiment)}/runs/{quote(self._mlflow[run])}"
            found["mlflow"] = f"{self._links.mlflow}/#/experiments/{place}"
        if self._links.grafana and (at := _moment(evaluated_at)):
            found["grafana"] = f"{self._links.board()}?from={at - BEFORE_MS}&to={at + AFTER_MS}"
        return found


def dag_runs_of(entries: Iterable[Entry], use_case: str) -> Mapping[str, tuple[str, str]]:
    """By run the DAG that trained it, and the id of the DAG's run.

    Args:
        entries: trainings in the record of decisions, newest first; those that a command started have no DAG run.
        use_case: its name.
    """
    found: dict[str, tuple[str, str]] = {}
    for entry in entries:
        run, kind, dag = str(entry.view()["evidence"].get("run", "")), *entry.who.partition(":")[::2]
        if not run or kind != "dag":
            continue
        if dag.endswith(MONITORING):  # it decided, and gave the DAG run this id
            found.setdefault(run, (f"{use_case}_training", f"monitoring__{run}"))
        elif started := STARTED.search(entry.why):
            found.setdefault(run, (dag, started[1]))
    return found


def _moment(text: str) -> int:
    """Epoch milliseconds; 0 for what is no time: the table may be of a person's own making."""
    try:
        return epoch_ms(text)
    except ValueError:
        return 0


def mlflow_runs_in(folder: Path) -> tuple[str, dict[str, str]]:
    """The experiment of a use case in MLflow, and by run the id of its newest training there.

    Args:
        folder: of the use case's evaluations.

    Returns:
        ids of MLflow; "" and none where nothing was delivered yet, or the file is damaged: links are no reason to fail.
    """
    try:
        content = json.loads((folder / MLFLOW_RUNS).read_text(encoding="utf-8"))
        return str(content["experiment"]), {str(run): str(own) for run, own in content["runs"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", {}
