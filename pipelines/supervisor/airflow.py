"""A client of Airflow's REST API, for the supervisor."""

import json
from datetime import datetime
from typing import Any

import httpx
from pydantic import BaseModel

from script_shared.airflow_rest import AirflowLogin, answer_of, run_body
from script_shared.errors import PautaError, UnavailableError

HEALTH = ("metadatabase", "scheduler", "dag_processor")
TAIL = 12


class TaskState(BaseModel):
    """One task of one DAG run, as Airflow last knew it and with Airflow's names."""

    dag_id: str
    dag_run_id: str
    task_id: str
    rendered_map_index: str | None
    map_index: int
    state: str | None
    duration: float | None
    try_number: int

    @property
    def label(self) -> str:
        """``train [logged]`` for a mapped task, ``refine`` for a plain one."""
        return f"{self.task_id} [{self.rendered_map_index}]" if self.rendered_map_index else self.task_id

    @property
    def path(self) -> str:
        """Its address below Airflow's API."""
        return f"/dags/{self.dag_id}/dagRuns/{self.dag_run_id}/taskInstances/{self.task_id}"


class AirflowRest:
    """A client with a login; every method raises UnavailableError when Airflow does not answer as it should."""

    def __init__(self, url: str, username: str, password: str) -> None:
        login = AirflowLogin(url, username, password)
        self._http = httpx.Client(base_url=f"{url}/api/v2", auth=login, timeout=30, trust_env=False)
        self.close = self._http.close

    def healthy(self) -> bool:
        """Whether database, scheduler and DAG processor report that they are healthy."""
        try:
            health = self._http.get("/monitor/health", auth=None).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return False
        parts = [health.get(name) if isinstance(health, dict) else None for name in HEALTH]
        return all(isinstance(part, dict) and part.get("status") == "healthy" for part in parts)

    def knows(self, dag: str) -> bool:
        """Whether the DAG was read and may run."""
        response = self._send("GET", f"/dags/{dag}")
        return response.status_code == httpx.codes.OK and not response.json()["is_stale"]

    def trigger(self, dag: str, conf: dict[str, Any]) -> str:
        """Start a run; returns its id."""
        started = self._send("POST", f"/dags/{dag}/dagRuns", json=run_body(conf))
        return str(answer_of(started, f"the DAG {dag}", "dag_run_id")["dag_run_id"])

    def runs(self, dag: str) -> list[str]:
        """The ids of the DAG's newest runs, newest first."""
        found = self._get(f"/dags/{dag}/dagRuns", order_by="-run_after", limit=20)["dag_runs"]
        return [run["dag_run_id"] for run in found]

    def unfinished_runs(self, before: datetime) -> list[tuple[str, str]]:
        """DAG and id of the runs of any DAG that were queued before that moment and have not ended."""
        found = self._get("/dags/~/dagRuns", limit=100, state=["running", "queued"])["dag_runs"]
        old = [run for run in found if datetime.fromisoformat(run["queued_at"] or run["run_after"]) < before]
        return [(run["dag_id"], run["dag_run_id"]) for run in old]

    def state(self, dag: str, run: str) -> str:
        """The state of a run: queued, running, success or failed."""
        return str(self._get(f"/dags/{dag}/dagRuns/{run}")["state"])

    def give_up(self, dag: str, run: str) -> None:
        """Mark a run as failed."""
        path = f"/dags/{dag}/dagRuns/{run}"
        answer_of(self._send("PATCH", path, json={"state": "failed"}), path)

    def tasks(self, dag: str, run: str) -> list[TaskState]:
        """The run's tasks, mapped ones one by one."""
        found = self._get(f"/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return [TaskState.model_validate(each) for each in found]

    def result(self, task: TaskState) -> dict[str, Any]:
        """What the task returned."""
        value = self._get(f"{task.path}/xcomEntries/return_value", map_index=task.map_index)["value"]
        result: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
        return result

    def failure(self, task: TaskState) -> list[str]:
        """Why the task failed, from the log of its last try: its error, or the end of that log."""
        return essence(self._get(f"{task.path}/logs/{task.try_number}", map_index=task.map_index)["content"])

    def _get(self, path: str, **query: Any) -> dict[str, Any]:
        return answer_of(self._send("GET", path, params=query), path)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise UnavailableError(f"Airflow does not answer: {error}.") from error


def essence(content: Any) -> list[str]:
    """The last error's own lines when it was raised on purpose, which say everything; else the end of the log.

    Args:
        content: the log of a task: a list of structured entries, or a text.
    """
    entries = content if isinstance(content, list) else [content]
    for entry in reversed(entries):
        error = next(iter(_errors(entry)), {})  # the others are its causes
        if error.get("exc_type") in _own(PautaError):
            return _line(error).splitlines()
    lines = [line for entry in entries for line in _text(entry).splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("::")][-TAIL:]


def _errors(entry: Any) -> list[dict[str, Any]]:
    return entry.get("error_detail") or [] if isinstance(entry, dict) else []


def _line(error: dict[str, Any]) -> str:
    return f"{error.get('exc_type')}: {error.get('exc_value')}"


def _own(kind: type[PautaError]) -> set[str]:
    return {kind.__name__}.union(*(_own(each) for each in kind.__subclasses__()))


def _text(entry: Any) -> str:
    """The lines of an entry, with its errors; nothing for the list of log files."""
    if not isinstance(entry, dict):
        return str(entry)
    return "" if entry.get("sources") else "\n".join([entry.get("event", ""), *map(_line, _errors(entry))])
