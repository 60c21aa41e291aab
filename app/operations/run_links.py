"""Where people see one run: its DAG run in Airflow, its record in MLflow, its time in Grafana."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from app.operations.links import Links
from script_shared.decisions.decision import Entry
from script_shared.times import epoch_ms

STARTED = re.compile(r"started as \w+: (\S+)")
BEFORE_MS, AFTER_MS = 3 * 3_600_000, 24 * 3_600_000  # before and after an evaluation: its training, and its effects
MONITORING = "_monitoring"
MLFLOW_RUNS = "mlflow_runs.json"  # the pipelines write it after a delivery to MLflow


class RunLinks:
    """Links of the runs of one use case.

    Args:
        links: addresses of the installation.
        use_case: its name.
        entries: its trainings in the record of decisions.
        folder: folder of its evaluations.
    """

    def __init__(self, links: Links, use_case: str, entries: Iterable[Entry], folder: Path) -> None:
        self._links = links
        self._airflow = dag_runs_of(entries, use_case) if links.airflow else {}
        self._experiment, self._mlflow = mlflow_runs_in(folder) if links.mlflow else ("", {})

    def of(self, run: str, evaluated_at: str) -> dict[str, str]:
        """Addresses of a run by tool; a tool without this run or without an address is left out.

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
    """The DAG that trained each run, and the id of the DAG run.

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
    """Epoch milliseconds; 0 for a text that is not a time, because people can write the table, too."""
    try:
        return epoch_ms(text)
    except ValueError:
        return 0


def mlflow_runs_in(folder: Path) -> tuple[str, dict[str, str]]:
    """The experiment of a use case in MLflow, and the id of each run's newest training there.

    Args:
        folder: folder of the use case's evaluations.

    Returns:
        ids of MLflow; "" and none if nothing was delivered yet or the file is damaged, so no page fails.
    """
    try:
        content = json.loads((folder / MLFLOW_RUNS).read_text(encoding="utf-8"))
        return str(content["experiment"]), {str(run): str(own) for run, own in content["runs"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", {}
