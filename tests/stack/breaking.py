"""Steps: every container is killed in turn, the whole stack is stopped and started, a release is rolled back."""

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stack.engine import Stack, StepFailedError, need, wait_for
from tests.stack.web import Airflow, Api, in_mlflow

RECOVERY_SECONDS = 180
ENDS_BY_ITSELF = ("secrets", "airflow-init")
PAUSE = 0.05


@dataclass
class Poster(threading.Thread):
    """Posts one event after another, each again until it is acknowledged, and asks for lists meanwhile."""

    api: Api
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    lists: int = 0
    failed_lists: int = 0
    going: bool = True

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        page, number = "verify-page", 0
        while self.going:
            event = {"event_id": f"kill-{self.run_id}-{number}", "user_id": f"kill-{number % 50}", "page": page}
            try:
                self.api.post("/events", event)
                self.acknowledged.append(event["event_id"])
                number += 1
            except (OSError, StepFailedError, ValueError):
                self.refused += 1
            self._list(number)
            time.sleep(PAUSE)

    def _list(self, number: int) -> None:
        self.lists += 1
        try:
            self.api.pages(f"kill-{number % 50}")
        except (OSError, StepFailedError, ValueError):
            self.failed_lists += 1


@contextmanager
def posting(stack: Stack, port: str = "PAUTA_PORT") -> Iterator[Poster]:
    """Events are posted all the while; in the end, everything that was acknowledged is in the log."""
    poster = Poster(Api(stack, port))
    poster.start()
    try:
        yield poster
    finally:
        poster.going = False
        poster.join(30)
    kept = set(stack.sql("pauta", f"SELECT entry_id FROM pauta_entries WHERE entry_id LIKE 'kill-{poster.run_id}-%'"))
    lost = set(poster.acknowledged) - kept
    need(not lost, f"{len(lost)} of {len(poster.acknowledged)} acknowledged events are not in the log")
    need(len(poster.acknowledged) > 20, f"only {len(poster.acknowledged)} events were acknowledged")


def kill(stack: Stack) -> str:
    """Kill what runs in each container in turn, with events coming in; all become healthy again, and nothing is lost.

    The scheduler dies in the middle of a training, which succeeds nevertheless.
    """
    names = sorted({each["Service"] for each in stack.containers()} - set(ENDS_BY_ITSELF))
    api, release, took = Api(stack), Api(stack).release(), {}
    with posting(stack) as poster:
        for name in [name for name in names if name != "airflow-scheduler"]:
            before = poster.failed_lists
            took[name] = _kill(stack, name)
            need(name in ("api", "proxy") or poster.failed_lists == before, f"lists failed while {name} was down")
        run = _start_training(stack)
        took["airflow-scheduler"] = _kill(stack, "airflow-scheduler")
        wait_for("the training ends", lambda: Airflow(stack).ended("news_training", run), 900, 3)
    wait_for("a release is served", api.release, 30)
    stack.notes["recovery_seconds"] = took
    slowest = max(took, key=lambda name: took[name])
    return (
        f"{len(took)} containers back, slowest {slowest} in {took[slowest]:.0f} s; {len(poster.acknowledged)} events "
        f"acknowledged, none lost, {poster.refused} tries refused; the training that was cut short succeeded; "
        f"release {release} stayed in service"
    )


def _start_training(stack: Stack) -> str:
    """A training that has reached a task."""
    airflow = Airflow(stack)
    run = airflow.trigger("news_training")

    def at_work() -> bool:
        return any(
            task["state"] == "running" and task["task_id"] == "train" for task in airflow.tasks("news_training", run)
        )

    wait_for("the training is at work", at_work, 120, 0.3)
    return run


def _kill(stack: Stack, service: str, container: str = "") -> float:
    """Kill every process in the container; the seconds until another has started in it and is healthy."""
    name = container or _container(stack, service)
    before = _state(stack, name)
    started = time.monotonic()
    # Process 1 is the init, which ends with its child: the engine sees a crash, and starts the container again.
    stack.run("docker", "exec", name, "sh", "-c", "kill -9 -1", check=False, seconds=30)

    def again() -> bool:
        state = _state(stack, name)
        return bool(state["StartedAt"] > before["StartedAt"] and state["Health"]["Status"] == "healthy")

    wait_for(f"{service} is healthy again", again, RECOVERY_SECONDS, 0.5)
    return round(time.monotonic() - started, 1)


def _container(stack: Stack, service: str) -> str:
    return str(next(each["Name"] for each in stack.containers() if each["Service"] == service))


def _state(stack: Stack, container: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(stack.run("docker", "inspect", container, "--format", "{{json .State}}"))
    return state


def restart(stack: Stack) -> str:
    """Remove every container and start again: release, events, runs and passwords are there, nothing trains."""
    before = _inventory(stack)
    stack.compose("down", seconds=300)
    need(not stack.containers(), "containers are left")
    with ThreadPoolExecutor() as pool:
        seconds = _healthy_after(stack, pool.submit(stack.up))
    stack.notes["start_seconds"] = dict(sorted(seconds.items(), key=lambda item: item[1]))
    after = _inventory(stack)
    need(after == before, f"before {before}, after {after}")
    healthy = f"served again after {seconds['api']:.0f} s, all healthy after {max(seconds.values()):.0f} s"
    return f"{healthy}; {inventory_text(after)}"


def _healthy_after(stack: Stack, coming: "Future[float]") -> dict[str, float]:
    """The seconds after which each service was healthy first, or had ended its work."""
    started, seconds = time.monotonic(), {}
    while not coming.done():
        for each in stack.containers():
            if each.get("Health") == "healthy" or (each["Service"] in ENDS_BY_ITSELF and each["State"] == "exited"):
                seconds.setdefault(each["Service"], round(time.monotonic() - started, 1))
        time.sleep(0.5)
    coming.result()
    return seconds


def inventory_text(inventory: dict[str, Any]) -> str:
    """The inventory in words."""
    return "the same " + ", ".join(f"{name} ({value})" for name, value in inventory.items())


def _inventory(stack: Stack) -> dict[str, Any]:
    """What must outlast a restart."""
    airflow = Airflow(stack)
    query = "SELECT count(*) FROM pauta_entries WHERE kind IN (0, 1, 2, 3) AND entry_id LIKE 'verify-%'"
    return {
        "release": Api(stack).release(),
        "events": int(stack.sql("pauta", query)[0]),
        "DAG runs": sum(len(airflow.runs(dag)) for dag in ("news_data", "news_training")),
        "runs in MLflow": int(stack.sql("mlflow", "SELECT count(*) FROM runs")[0]),
        "passwords": hashlib.sha256(stack.secret("admin_token").encode()).hexdigest()[:8],
    }


def rollback(stack: Stack) -> str:
    """Go back to an earlier release and forward again; the API follows within seconds, and so has MLflow's alias."""
    api = Api(stack)
    served = api.release()
    _move(stack, "rollback")
    wait_for("the API follows", lambda: api.release() != served, 5, 0.1)
    earlier = api.release()
    found = in_mlflow(stack)
    need(found["served"]["pauta-news"] == earlier, f"MLflow's production is not {earlier}: {found}")
    _move(stack, "promote", served)
    wait_for("the API follows", lambda: api.release() == served, 5, 0.1)
    found = in_mlflow(stack)
    need(found["served"]["pauta-news"] == served, f"MLflow's production is not {served}: {found}")
    return (
        f"{served} to {earlier} and back; the API had followed within 5 s of the command's end, "
        "and the alias `production` with the command"
    )


def _move(stack: Stack, *command: str) -> None:
    python = ("exec", "-T", "airflow-scheduler", "python", "-m", "pipelines", "releases")
    stack.compose(*python, *command, "--reason", "verify")
