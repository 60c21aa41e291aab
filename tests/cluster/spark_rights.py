"""What the token of a task may do in the cluster: start and remove executors of Spark, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import yaml

from tests.cluster import chart
from tests.cluster.machine import Machine, wait_until
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

Pod = dict[str, Any]
TOKEN = ("--namespace", "news", "--as", "system:serviceaccount:news:news-tasks")
LABEL = '{"metadata": {"labels": {"a": "b"}}}'
DEBUGGING = '{"spec": {"ephemeralContainers": [{"name": "later", "image": "busybox"}]}}'
NODE = "shares nothing with its node"
PRIVILEGED = "not privileged"
ROOT = "does not run as root"
CERTIFICATE = {"signerName": "example.com/signer", "keyType": "ED25519", "credentialBundlePath": "bundle.pem"}
TRIAL = "--dry-run=server"  # the server checks the request and changes nothing


def the_token_starts_executors_only(machine: Machine, found: list[str]) -> None:
    """The API server refuses every other pod that the token of tasks asks for, and each removal of one.

    Meanwhile the namespace admits pods of every Pod Security Standard, so only the chart's policy can refuse them.
    """
    standard = "pod-security.kubernetes.io/enforce"
    kubectl(machine, "label", "--overwrite", "namespace", "news", f"{standard}=privileged")
    try:
        _try_requests(machine, found)
    finally:
        kubectl(machine, "label", "--overwrite", "namespace", "news", f"{standard}=restricted")


def _try_requests(machine: Machine, found: list[str]) -> None:
    executor = yaml.safe_load(chart.in_config_map(machine, "news-spark", "executor.yaml"))
    for admitted in (executor, _as_spark_makes_it(executor), _with_token_of_a_cloud(executor)):
        _ask_for(machine, admitted)
    wait_until("Pod Security is off", 30, lambda: _is_valid(machine, executor))
    for name, (change, word) in OTHER_PODS.items():
        change(pod := copy.deepcopy(executor))
        _need_refusal(name, word, lambda pod=pod: _ask_for(machine, pod))
    api = chart.pods(machine, "api")[0]
    _need_refusal("removal", "not an executor", lambda: kubectl(machine, *TOKEN, "delete", "pod", api, TRIAL))
    for kind in ("configmap/pauta-pod-template", "secret/pauta"):
        _need_refusal(kind, "forbidden", lambda kind=kind: kubectl(machine, *TOKEN, "delete", kind, TRIAL))
    _need_refusal("reading", "forbidden", lambda: kubectl(machine, *TOKEN, "get", "secret", "pauta"))
    for patch in ((LABEL,), (DEBUGGING, "--subresource=ephemeralcontainers")):
        change = ("patch", "pod", api, TRIAL, "--patch", *patch)
        _need_refusal("change", "forbidden", lambda change=change: kubectl(machine, *TOKEN, *change))
    found.append(f"an executor may start; {len(OTHER_PODS) + 6} other requests were refused")


def _is_valid(machine: Machine, executor: Pod) -> bool:
    """Whether an administrator, whom the policy does not concern, may start a pod that sees the node's processes."""
    _set(hostPID=True)(pod := copy.deepcopy(executor))
    kubectl(machine, "--namespace", "news", "create", TRIAL, "--filename", "-", data=yaml.safe_dump(pod))
    return True


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


def _as_spark_makes_it(executor: Pod) -> Pod:
    """The pod with what Spark adds: labels, variables, a port, memory, and a folder for its own files."""
    pod = copy.deepcopy(executor)
    pod["metadata"] |= {"name": "refine-1-exec-1"}
    pod["metadata"]["labels"] |= {"spark-role": "executor", "spark-exec-id": "1", "spark-app-selector": "spark-1"}
    pod["spec"] |= {"restartPolicy": "Never", "hostname": "refine-1-exec-1"}
    pod["spec"]["volumes"].append({"name": "spark-local-dir-1", "emptyDir": {}})
    [container] = pod["spec"]["containers"]
    address = {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}
    container["env"] += [{"name": "SPARK_EXECUTOR_ID", "value": "1"}]
    container["env"] += [{"name": "SPARK_EXECUTOR_POD_IP", "valueFrom": address}]
    container["volumeMounts"].append({"name": "spark-local-dir-1", "mountPath": "/var/data/spark-1"})
    container |= {"args": ["executor"], "ports": [{"name": "blockmanager", "containerPort": 7079}]}
    container["resources"] = {"requests": {"cpu": "1", "memory": "1408Mi"}, "limits": {"memory": "1408Mi"}}
    return pod


def _with_token_of_a_cloud(executor: Pod) -> Pod:
    """The pod as a cloud changes it, so that it can use a role of the cloud."""
    pod = copy.deepcopy(executor)
    _project(_token("sts.example"))(pod)
    return pod


def _token(audience: str) -> dict[str, Any]:
    return {"serviceAccountToken": {"audience": audience, "path": "token"}}


def _project(source: dict[str, Any]) -> Callable[[Pod], None]:
    """Add a projected volume with one source."""

    def change(pod: Pod) -> None:
        pod["spec"]["volumes"].append({"name": "projected", "projected": {"sources": [source]}})

    return change


def _set(**fields: Any) -> Callable[[Pod], None]:
    """Set fields of the pod's spec."""
    return lambda pod: pod["spec"].update(fields)


def _secure(**fields: Any) -> Callable[[Pod], None]:
    """Set fields of the security context of the container."""
    return lambda pod: pod["spec"]["containers"][0]["securityContext"].update(fields)


def _with_secret_volume(pod: Pod) -> None:
    pod["spec"]["volumes"].append({"name": "secret", "secret": {"secretName": "pauta"}})


def _with_the_files_of_the_node(pod: Pod) -> None:
    pod["spec"]["volumes"].append({"name": "node", "hostPath": {"path": "/"}})


def _with_secret_variable(pod: Pod) -> None:
    key = {"name": "pauta", "key": "PAUTA_ADMIN_TOKEN"}
    pod["spec"]["containers"][0]["env"].append({"name": "A", "valueFrom": {"secretKeyRef": key}})


def _with_all_variables(pod: Pod) -> None:
    pod["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "pauta"}}]


def _with_another_start(pod: Pod) -> None:
    first = copy.deepcopy(pod["spec"]["containers"][0])
    pod["spec"]["initContainers"] = [first | {"name": "first", "envFrom": [{"secretRef": {"name": "pauta"}}]}]


def _with_a_container_for_debugging(pod: Pod) -> None:
    first = pod["spec"]["containers"][0]
    pod["spec"]["ephemeralContainers"] = [{"name": "later", "image": first["image"]}]


def _with_privilege_escalation_by_default(pod: Pod) -> None:
    del pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"]


def _without_a_user(pod: Pod) -> None:
    del pod["spec"]["securityContext"]["runAsNonRoot"]


def _with_root_for_the_pod(pod: Pod) -> None:
    pod["spec"]["securityContext"]["runAsUser"] = 0


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
    "the files of the node": (_with_the_files_of_the_node, "empty folders only"),
    "a projected Secret": (_project({"secret": {"name": "pauta"}}), "empty folders only"),
    "a certificate": (_project({"podCertificate": CERTIFICATE}), "empty folders only"),
    "a token for no audience": (_project({"serviceAccountToken": {"path": "token"}}), "names its audience"),
    "a token for an empty audience": (_project(_token("")), "names its audience"),
    "a token for the API server": (_project(_token("https://kubernetes.default.svc")), "names its audience"),
    "the network of the node": (_set(hostNetwork=True), NODE),
    "the processes of the node": (_set(hostPID=True), NODE),
    "the memory of the node": (_set(hostIPC=True), NODE),
    "a node of its choice": (_set(nodeName="one"), NODE),
    "a privileged container": (_secure(privileged=True, allowPrivilegeEscalation=True), PRIVILEGED),
    "more privileges later": (_secure(allowPrivilegeEscalation=True), PRIVILEGED),
    "more privileges by default": (_with_privilege_escalation_by_default, PRIVILEGED),
    "a capability": (_secure(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}), PRIVILEGED),
    "root allowed": (_secure(runAsNonRoot=False), ROOT),
    "root allowed by default": (_without_a_user, ROOT),
    "root in the container": (_secure(runAsUser=0), ROOT),
    "root in the pod": (_with_root_for_the_pod, ROOT),
    "a container for debugging": (_with_a_container_for_debugging, "cannot be set on create"),  # by any account
    "a variable from a Secret": (_with_secret_variable, "without variables from Secrets"),
    "all variables of a Secret": (_with_all_variables, "without variables from Secrets"),
    "a container that starts before": (_with_another_start, "one container"),
    "another image": (_with_another_image, "of the image of the tasks"),
    "another service account": (_with_another_account, "service account news"),
    "another component": (_as_another_part, "not an executor"),
    "labels of Airflow's API server": (_for_a_service, "could make a Service"),
}
