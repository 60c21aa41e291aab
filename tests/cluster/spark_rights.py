"""What the token of a task may do in the cluster: start and remove executors of Spark, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import yaml

from tests.cluster import chart
from tests.cluster.machine import Machine
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

Pod = dict[str, Any]
TOKEN = ("--namespace", "news", "--as", "system:serviceaccount:news:news-tasks")
TRIAL = "--dry-run=server"  # the server checks the request and changes nothing


def the_token_starts_executors_only(machine: Machine, found: list[str]) -> None:
    """The API server refuses every other pod that the token of tasks asks for, and each removal of one."""
    executor = yaml.safe_load(chart.in_config_map(machine, "news-spark", "executor.yaml"))
    _ask_for(machine, executor)
    _ask_for(machine, _with_token_of_a_cloud(executor))
    for name, (change, word) in OTHER_PODS.items():
        change(pod := copy.deepcopy(executor))
        _need_refusal(name, word, lambda pod=pod: _ask_for(machine, pod))
    api = chart.pods(machine, "api")[0]
    _need_refusal("removal", "not an executor", lambda: kubectl(machine, *TOKEN, "delete", "pod", api, TRIAL))
    for kind in ("configmap/pauta-pod-template", "secret/pauta"):
        _need_refusal(kind, "forbidden", lambda kind=kind: kubectl(machine, *TOKEN, "delete", kind, TRIAL))
    _need_refusal("reading", "forbidden", lambda: kubectl(machine, *TOKEN, "get", "secret", "pauta"))
    patch = ("patch", "pod", api, "--patch", '{"metadata": {"labels": {"a": "b"}}}', TRIAL)
    _need_refusal("change", "forbidden", lambda: kubectl(machine, *TOKEN, *patch))
    found.append(f"an executor may start; {len(OTHER_PODS) + 5} other requests were refused")


def _ask_for(machine: Machine, pod: Pod) -> None:
    """Ask for a pod with the token of tasks."""
    kubectl(machine, *TOKEN, "create", TRIAL, "--filename", "-", data=yaml.safe_dump(pod))


def _need_refusal(name: str, word: str, request: Callable[[], object]) -> None:
    try:
        request()
    except CheckError as error:
        if word not in str(error):
            raise
        return
    raise CheckError(f"{name}: the API server did not refuse it")


def _with_token_of_a_cloud(executor: Pod) -> Pod:
    """The pod as a cloud changes it, so that it can use a role of the cloud."""
    pod = copy.deepcopy(executor)
    sources = [{"serviceAccountToken": {"audience": "sts.example", "path": "token"}}]
    pod["spec"]["volumes"].append({"name": "cloud", "projected": {"sources": sources}})
    return pod


def _with_secret_volume(pod: Pod) -> None:
    pod["spec"]["volumes"].append({"name": "secret", "secret": {"secretName": "pauta"}})


def _with_projected_secret(pod: Pod) -> None:
    sources = [{"secret": {"name": "pauta"}}]
    pod["spec"]["volumes"].append({"name": "secret", "projected": {"sources": sources}})


def _with_secret_variable(pod: Pod) -> None:
    key = {"name": "pauta", "key": "PAUTA_ADMIN_TOKEN"}
    pod["spec"]["containers"][0]["env"].append({"name": "A", "valueFrom": {"secretKeyRef": key}})


def _with_all_variables(pod: Pod) -> None:
    pod["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "pauta"}}]


def _with_another_start(pod: Pod) -> None:
    first = copy.deepcopy(pod["spec"]["containers"][0])
    pod["spec"]["initContainers"] = [first | {"name": "first", "envFrom": [{"secretRef": {"name": "pauta"}}]}]


def _with_another_image(pod: Pod) -> None:
    pod["spec"]["containers"][0]["image"] = "docker.io/library/busybox"


def _with_another_account(pod: Pod) -> None:
    pod["spec"] |= {"serviceAccountName": "news-scheduler", "automountServiceAccountToken": True}


def _as_another_part(pod: Pod) -> None:
    pod["metadata"]["labels"]["app.kubernetes.io/component"] = "api"


def _for_a_service(pod: Pod) -> None:
    pod["metadata"]["labels"] |= {"component": "api-server", "release": "news"}


OTHER_PODS: dict[str, tuple[Callable[[Pod], None], str]] = {
    "a volume of a Secret": (_with_secret_volume, "empty folders only"),
    "a projected volume": (_with_projected_secret, "empty folders only"),
    "a variable from a Secret": (_with_secret_variable, "without variables from Secrets"),
    "all variables of a Secret": (_with_all_variables, "without variables from Secrets"),
    "a container that starts before": (_with_another_start, "one container"),
    "another image": (_with_another_image, "of the image of the tasks"),
    "another service account": (_with_another_account, "service account news"),
    "another component": (_as_another_part, "not an executor"),
    "labels of Airflow's API server": (_for_a_service, "could make a Service"),
}
