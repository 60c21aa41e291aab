"""What the chart must do in a cluster."""

import json
from collections.abc import Callable

from tests.cluster import callers, chart
from tests.cluster.machine import Machine, wait_until
from tests.cluster.plane import kubectl
from tests.deployment.report import CheckError

LEAST_TASKS = 8  # of the data and of the training; short ones may end between two looks
LIST = "/recommendations?user_id=userNUMBER&num_recs=10"


def a_missing_secret_is_named(machine: Machine, found: list[str]) -> None:
    """A pod whose Secret lacks a key waits, and names the key."""
    reasons = "{.items[*].status.containerStatuses[*].state.waiting.message}"
    wait_until(
        "the pod names the key", 120, lambda: "PAUTA_EVENTS_KEY" in " ".join(chart.pods(machine, "api", reasons))
    )
    found.append("the pod names PAUTA_EVENTS_KEY")


def databases_are_made(machine: Machine, found: list[str]) -> None:
    """The Job creates the databases and sets the passwords."""
    found.append(f"job databases done after {chart.job_done(machine, 'news-databases-1', 240):.0f} s")


def pods_wait_for_a_release(machine: Machine, found: list[str]) -> None:
    """API pods run without a release, but receive no requests."""
    wait_until("two pods run", 240, lambda: chart.pods(machine, "api", "{.items[*].status.phase}") == ["Running"] * 2)
    state = "{.items[*].status.containerStatuses[0].started}"
    wait_until("their startup probe succeeds", 240, lambda: chart.pods(machine, "api", state) == ["true", "true"])
    if chart.ready_pods(machine, "api"):
        raise CheckError("a pod without a release takes requests")
    found.append("two pods started, none ready")


def mlflow_is_ready(machine: Machine, found: list[str]) -> None:
    """MLflow reaches its database and the store, and passes its probe."""
    seconds = wait_until("MLflow", 400, lambda: chart.ready_pods(machine, "mlflow") == 1)
    found.append(f"ready after {seconds:.0f} s")


def airflow_trains(machine: Machine, found: list[str]) -> None:
    """The first start queues a run, and KubernetesExecutor runs each task in a pod of the template."""
    kubectl(machine, "apply", "--filename", str(chart.OBJECTS / "airflow.yaml"))
    found.append(f"job first-start done after {chart.job_done(machine, 'news-first-start-1', 600):.0f} s")
    seen: set[str] = set()

    def released() -> bool:
        seen.update(chart.pods(machine, "task"))
        return chart.ready_pods(machine, "api") == 2

    seconds = wait_until("a first release in service", 2400, released)
    if len(seen) < LEAST_TASKS:
        raise CheckError(f"only {len(seen)} pods of tasks were seen")
    found.append(f"first release in service {seconds:.0f} s later, after {len(seen)} pods of tasks")


def lists_are_answered(machine: Machine, found: list[str]) -> None:
    """A pod of the ingress controller's namespace gets lists through the Service."""
    answers = callers.ask(machine, LIST, seconds=10)
    answers.need_all()
    found.append(f"{answers.answers} lists in 10 s")


def strangers_reach_nothing(machine: Machine, found: list[str]) -> None:
    """The network policies let no other namespace in."""
    closed = {"API": callers.SERVICE, "MLflow": "http://news-mlflow.news.svc:5000"}
    for name, service in closed.items():
        if callers.ask(machine, "/health", namespace="stranger", service=service).reached:
            raise CheckError(f"a pod of another namespace reaches {name}")
    if callers.ask(machine, "/health", service=closed["MLflow"]).reached:
        raise CheckError("the ingress controller reaches MLflow")
    found.append("API and MLflow refuse another namespace; MLflow refuses the ingress controller's")


def while_asked(change: Callable[[], object], seconds: float) -> Callable[[Machine, list[str]], None]:
    """Make a change while a pod sends requests; none of them may fail."""

    def check(machine: Machine, found: list[str]) -> None:
        caller = callers.ask_meanwhile(machine, LIST, seconds)
        change()
        if caller.poll() is not None:
            raise CheckError("the requests ended before the change did")
        answers = callers.finish(caller)
        answers.need_all()
        found.append(f"{answers.answers} lists in {seconds:.0f} s, none failed")

    return check


def an_upgrade_drops_nothing(machine: Machine, found: list[str]) -> None:
    """A new version replaces all pods while requests are answered."""
    before = set(chart.pods(machine, "api"))

    def upgrade() -> None:
        chart.helm(machine, "upgrade", "--set-string", "settings.PAUTA_RATE_PER_ADDRESS=90000")
        kubectl(machine, "--namespace", "news", "rollout", "status", "deployment/news-api", "--timeout", "300s")

    while_asked(upgrade, 90)(machine, found)
    wait_until("the old pods end", 60, lambda: not before & set(chart.pods(machine, "api")))


def a_deleted_pod_drops_nothing(machine: Machine, found: list[str]) -> None:
    """A deleted pod finishes its requests, and another pod replaces it."""
    pod = chart.pods(machine, "api")[0]
    while_asked(lambda: kubectl(machine, "--namespace", "news", "delete", "pod", pod), 45)(machine, found)
    wait_until("two pods are ready", 180, lambda: chart.ready_pods(machine, "api") >= 2)


def evictions_leave_a_pod(machine: Machine, found: list[str]) -> None:
    """The budget refuses to evict a second pod before the first one is replaced."""
    refused = []
    for pod in chart.pods(machine, "api")[:2]:
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": "news"}}
        address = f"/api/v1/namespaces/news/pods/{pod}/eviction"
        try:
            kubectl(machine, "create", "--raw", address, "--filename", "-", data=json.dumps(eviction))
        except CheckError as error:
            refused.append(str(error))
    if len(refused) != 1 or "disruption budget" not in refused[0]:
        raise CheckError(f"refused: {refused}")
    wait_until("two pods are ready", 180, lambda: chart.ready_pods(machine, "api") >= 2)
    found.append("one pod evicted, the second one refused")


def load_adds_a_pod(machine: Machine, found: list[str]) -> None:
    """The autoscaler adds a pod under load."""
    load = [callers.ask_meanwhile(machine, LIST, 150, pause=0) for _ in range(4)]
    seconds = wait_until("a third pod", 150, lambda: chart.ready_pods(machine, "api") == 3)
    results = [callers.finish(each) for each in load]
    for each in results:
        each.need_all()
    where = ("--namespace", "news", "get", "events", "--field-selector", "reason=SuccessfulRescale")
    if "above target" not in kubectl(machine, *where, "--output", "jsonpath={.items[*].message}"):
        raise CheckError("no pod was added because of load")
    found.append(f"third pod ready after {seconds:.0f} s; {sum(each.answers for each in results)} lists, none failed")
