"""A step on Spark in the cluster: the pod of a task is the driver, and executors run in pods of their own."""

import yaml

from tests.cluster import chart
from tests.cluster.machine import Machine, wait_until
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

POD = "spark-driver"
EXECUTORS = 2  # as in values.yaml
# Refines the same generated files with both engines, each in a run of its own, and compares the tables.
SCRIPT = """\
import os, subprocess, sys
from pathlib import Path
import polars as pl
from script_shared.settings import load_settings

def run(engine, step):
    command = [sys.executable, "-m", "pipelines", "news", "--run-id", engine, "--step", step]
    command += ["--set", "sample.users=3000"]
    subprocess.run(command, env={**os.environ, "PAUTA_ENGINE": engine}, check=True)

for engine in ("polars", "spark"):
    run(engine, "download")
    run(engine, "refine")
refined = Path(load_settings().data_dir) / "news" / "refined"
names = sorted(file.name for file in (refined / "polars").glob("*.parquet") if file.name != "rejected.parquet")
for name in names:
    one, other = (pl.read_parquet(refined / engine / name) for engine in ("polars", "spark"))
    assert one.equals(other), f"{name} differs"
print(f"tables: {len(names)}, interactions: {pl.read_parquet(refined / 'spark' / 'interactions.parquet').height:,}")
"""


def executors_make_the_same_tables(machine: Machine, found: list[str]) -> None:
    """Executors in pods make the same tables as one process with Polars."""
    kept = kubectl(machine, "--namespace", "news", "get", "configmap", "pauta-pod-template", "--output", "json")
    pod = yaml.safe_load(yaml.safe_load(kept)["data"]["pod.yaml"])
    pod["metadata"] |= {"name": POD, "namespace": "news"}
    pod["spec"]["containers"][0]["command"] = ["python", "-c", SCRIPT]
    kubectl(machine, "apply", "--filename", "-", data=yaml.safe_dump(pod))
    seen: set[str] = set()

    def ended() -> bool:
        seen.update(chart.pods(machine, "spark-executor"))
        where = ("--namespace", "news", "get", "pod", POD, "--output", "jsonpath={.status.phase}")
        if (phase := kubectl(machine, *where)) == "Failed":
            raise SystemError(kubectl(machine, "--namespace", "news", "logs", POD, "--tail", "20"))
        return phase == "Succeeded"

    try:
        seconds = wait_until("the step on Spark", 600, ended)
    except SystemError as error:
        raise CheckError(f"the step failed: {error}") from None
    if len(seen) < EXECUTORS:
        raise CheckError(f"only {len(seen)} executors were seen")
    said = kubectl(machine, "--namespace", "news", "logs", POD, "--tail", "1").strip()
    kubectl(machine, "--namespace", "news", "delete", "pod", POD)
    found.append(f"{len(seen)} executors, {said}, the same with both engines; {seconds:.0f} s")
