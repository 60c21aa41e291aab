"""Starts a cluster, installs the chart, and checks upgrades, failures and load: ``make verify-cluster``.

It needs root, a Docker engine, Go and Debian packages. It builds Kubernetes from its Go modules, which takes about
25 minutes on two cores the first time. The programs stay in a folder for the next run.
"""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.cluster import addons, chart, checks, node, plane, programs, spark_pods, spark_rights
from tests.cluster.machine import Machine
from tests.deployment.report import Report

Step = Callable[[Machine, list[str]], None]


def timed(start: Callable[[Machine], float], what: str) -> Step:
    """The start of a part of the cluster, as a check."""

    def check(machine: Machine, found: list[str]) -> None:
        found.append(f"{what} after {start(machine):.0f} s")

    return check


def install(machine: Machine, found: list[str]) -> None:
    """Install everything that the chart needs, then the chart, at first with a Secret that lacks a key."""
    chart.make_namespace(machine)
    chart.start_outside(machine, master := secrets.token_urlsafe(24))
    kubectl_apply(machine, "callers")
    chart.apply_secrets(machine, values := chart.secret_values(master), without="PAUTA_EVENTS_KEY")
    chart.helm(machine, "install")
    checks.a_missing_secret_is_named(machine, found)
    chart.apply_secrets(machine, values)


def kubectl_apply(machine: Machine, name: str) -> None:
    """Apply one of the files of objects."""
    plane.kubectl(machine, "apply", "--filename", str(addons.OBJECTS / f"{name}.yaml"))


def images(machine: Machine, found: list[str]) -> None:
    """Build the images of the product."""
    chart.build_images(machine)
    found.append("built from the Dockerfiles")


STEPS: dict[str, Step] = {
    "control plane": timed(plane.start, "API server ready"),
    "node": timed(node.start, "node ready"),
    "names, metrics, policies": timed(addons.start, "metrics"),
    "images": images,
    "install": install,
    "databases": checks.databases_are_made,
    "pods without a release": checks.pods_wait_for_a_release,
    "MLflow": checks.mlflow_is_ready,
    "Airflow, KubernetesExecutor": checks.airflow_trains,
    "rights with Spark": spark_rights.the_token_starts_executors_only,
    "Spark": spark_pods.a_task_makes_the_same_tables,
    "lists": checks.lists_are_answered,
    "network policies": checks.strangers_reach_nothing,
    "upgrade": checks.an_upgrade_drops_nothing,
    "deleted pod": checks.a_deleted_pod_drops_nothing,
    "disruption budget": checks.evictions_leave_a_pod,
    "autoscaler": checks.load_adds_a_pod,
}


def main() -> int:
    """Run the steps; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make verify-cluster", description=__doc__)
    parser.add_argument("--programs", type=Path, default=Path(".pauta/cluster"), help="folder of the programs")
    parser.add_argument("--keep", action="store_true", help="leave the cluster running")
    arguments = parser.parse_args()
    if reason := _unable():
        print(f"Not run: {reason}")
        return 1
    report = Report()
    machine = Machine(Path(tempfile.mkdtemp(prefix="pauta-cluster-")), arguments.programs.resolve() / "bin")
    try:
        with report.check("programs") as found:
            programs.build(machine.programs.parent)
            found.append(f"Kubernetes {programs.KUBERNETES}")
        for name, step in STEPS.items():
            if report.failed:
                report.not_run(name, "an earlier step failed")
                continue
            with report.check(name) as found:
                step(machine, found)
    finally:
        if arguments.keep:
            print(f"left running: kubectl --kubeconfig {machine.kubeconfig}")
        else:
            node.remove(machine)
            node.unmount(machine.folder)
            machine.remove()
    report.not_run(
        "Airflow's own chart", "it is not in a package registry; the same pods are started from our own file"
    )
    report.not_run(
        "an ingress controller, more than one node", "the requests come from a pod, and the cluster has one node"
    )
    return report.close()


def _unable() -> str:
    """Why this machine cannot run a cluster, "" if it can."""
    if os.geteuid():
        return "containers and bridges need root"
    if lacking := programs.missing():
        return f"apt-get install {' '.join(lacking)}"
    return "" if chart.engine_answers() else "no Docker engine answers; it is needed to build the images"


if __name__ == "__main__":
    sys.exit(main())
