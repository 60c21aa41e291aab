"""Spark in the cluster: the pod of an Airflow task is the driver, and executors run in pods of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import chart
from tests.cluster.machine import Machine, wait_until
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

POD = "polars"
EXECUTORS = 2  # as in values.yaml
# Refines the files of the task's run with Polars, and compares the tables of both engines.
SCRIPT = """\
import os, shutil, subprocess, sys
from pathlib import Path
import polars as pl
from script_shared.settings import load_settings

data = Path(load_settings().data_dir) / "news"
shutil.copytree(data / "raw" / "spark", data / "raw" / "polars")
command = [sys.executable, "-m", "pipelines", "news", "--run-id", "polars", "--step", "refine"]
subprocess.run(command, env={**os.environ, "PAUTA_ENGINE": "polars"}, check=True)
refined = data / "refined"
names = sorted(file.name for file in (refined / "polars").glob("*.parquet") if file.name != "rejected.parquet")
for name in names:
    one, other = (pl.read_parquet(refined / engine / name) for engine in ("polars", "spark"))
    assert one.equals(other), f"{name} differs"
print(f"tables: {len(names)}, interactions: {pl.read_parquet(refined / 'spark' / 'interactions.parquet').height:,}")
"""


def a_task_makes_the_same_tables(machine: Machine, found: list[str]) -> None:
    """A task of Airflow submits refine to Spark, and executors in pods make the same tables as Polars."""
    _turn_spark_on(machine)
    _airflow(machine, "dags", "trigger", "news_data", "--conf", json.dumps({"run_id": "spark"}))
    seen: set[str] = set()
    said = ""

    def ended() -> bool:
        nonlocal said
        seen.update(chart.pods(machine, "spark-executor"))
        if pods := [pod for pod in chart.pods(machine, "task") if pod.startswith("news-data-refine-")]:
            said = _log(machine, pods[0])
        elif said and not _facts(machine).is_file():
            raise SystemError(said)
        return _facts(machine).is_file()

    seconds = _until("the task refine", 900, ended)
    engine = json.loads(_facts(machine).read_text())["engine"]
    if engine != "spark" or len(seen) < EXECUTORS:
        raise CheckError(f"{len(seen)} executors were seen, and the engine was {engine}")
    kubectl(machine, "apply", "--filename", "-", data=yaml.safe_dump(_pod_of_a_task(machine)))
    _until("refine with Polars", 600, lambda: _ended(machine))
    tables = _log(machine, POD, lines=1).strip()
    kubectl(machine, "--namespace", "news", "delete", "pod", POD)
    wait_until("the executors end", 60, lambda: not chart.pods(machine, "spark-executor"))
    found.append(f"{len(seen)} executors of a task of Airflow, {tables}, the same with both engines; {seconds:.0f} s")


def _turn_spark_on(machine: Machine) -> None:
    """Upgrade to the engine Spark, and wait until Airflow's scheduler and the API have it."""
    chart.helm(machine, "upgrade", "--set", "settings.PAUTA_ENGINE=spark")
    _airflow(machine, "dags", "pause", "--yes", "news_training")  # new data would start a training
    template = ("exec", "deployment/news-scheduler", "--", "cat", "/opt/pauta/pod-template/pod.yaml")
    wait_until(
        "the new pod of tasks", 180, lambda: "PAUTA_ENGINE" in kubectl(machine, "--namespace", "news", *template)
    )
    kubectl(machine, "--namespace", "news", "rollout", "status", "deployment/news-api", "--timeout", "300s")


def _airflow(machine: Machine, *command: str) -> None:
    kubectl(machine, "--namespace", "news", "exec", "deployment/news-scheduler", "--", "airflow", *command)


def _facts(machine: Machine) -> Path:
    return machine.folder / "shared" / "data" / "news" / "refined" / "spark" / "_manifest.json"


def _pod_of_a_task(machine: Machine) -> dict[str, Any]:
    """The chart's pod of a task, which runs the script instead of a task."""
    pod: dict[str, Any] = yaml.safe_load(chart.in_config_map(machine, "pauta-pod-template", "pod.yaml"))
    pod["metadata"] |= {"name": POD, "namespace": "news"}
    pod["spec"]["containers"][0]["command"] = ["python", "-c", SCRIPT]
    return pod


def _ended(machine: Machine) -> bool:
    phase = kubectl(machine, "--namespace", "news", "get", "pod", POD, "--output", "jsonpath={.status.phase}")
    if phase == "Failed":
        raise SystemError(_log(machine, POD))
    return phase == "Succeeded"


def _log(machine: Machine, pod: str, lines: int = 20) -> str:
    return kubectl(machine, "--namespace", "news", "logs", pod, "--tail", str(lines))


def _until(what: str, seconds: float, holds: Callable[[], bool]) -> float:
    """Wait until a pod has done its work; fail at once if the pod failed."""
    try:
        return wait_until(what, seconds, holds)
    except SystemError as error:
        raise CheckError(f"{what} failed: {error}") from None
