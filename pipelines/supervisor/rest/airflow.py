"""A client of Airflow's REST API, for the supervisor."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from pipelines.supervisor.rest.task_log import essence
from script_shared.airflow_rest import AirflowLogin, answer_of, run_body
from script_shared.errors import UnavailableError

HEALTH = ("metadatabase", "scheduler", "dag_processor")


@dataclass(frozen=True)
class TaskState:
    """One task of one DAG run, as Airflow last knew it."""

    dag: str
    run: str
    task: str
    part: str
    map_index: int
    state: str
    seconds: float
    tries: int

    @property
    def label(self) -> str:
        """``train [logged]`` for a mapped task, ``refine`` for a plain one."""
        return f"{self.task} [{self.part}]" if self.part else self.task


class AirflowRest:
    """A client with a login; every method raises UnavailableError when Airflow does not answer as it should."""

    def __init__(self, url: str, username: str, password: str) -> None:
        login = AirflowLogin(url, username, password)
        self._http = httpx.Client(base_url=f"{url}/api/v2", auth=login, timeout=30, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

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
        found = self._get(f"/dags/{dag}/dagRuns", {"order_by": "-run_after", "limit": 20})["dag_runs"]
        return [run["dag_run_id"] for run in found]

    def unfinished(self, before: datetime) -> list[tuple[str, str]]:
        """DAG and id of the runs of any DAG that were queued before that moment and have not ended."""
        found = self._get("/dags/~/dagRuns", {"limit": 100, "state": ["running", "queued"]})["dag_runs"]
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
        return [_task_state(each) for each in found]

    def result(self, task: TaskState) -> dict[str, Any]:
        """What the task returned."""
        path = f"/dags/{task.dag}/dagRuns/{task.run}/taskInstances/{task.task}/xcomEntries/return_value"
        value = self._get(path, {"map_index": task.map_index})["value"]
        result: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
        return result

    def failure(self, task: TaskState) -> list[str]:
        """Why the task failed, from the log of its last try: its error, or the end of that log."""
        path = f"/dags/{task.dag}/dagRuns/{task.run}/taskInstances/{task.task}/logs/{task.tries}"
        return essence(self._get(path, {"map_index": task.map_index})["content"])

    def _get(self, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        return answer_of(self._send("GET", path, params=query), path)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise UnavailableError(f"Airflow does not answer: {error}.") from error


def _task_state(found: dict[str, Any]) -> TaskState:
    return TaskState(
        dag=found["dag_id"],
        run=found["dag_run_id"],
        task=found["task_id"],
        part=found["rendered_map_index"] or "",
        map_index=found["map_index"],
        state=found["state"] or "waiting",
        seconds=found["duration"] or 0.0,
        tries=found["try_number"],
    )
