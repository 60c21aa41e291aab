"""Steps: workers share the tasks, API containers share one state, and `make up` replaces them without a pause."""

import json
import socket
import subprocess
import time
import uuid
from typing import Any

from tests.stack.breaking import _kill, posting
from tests.stack.engine import Stack, need, wait_for
from tests.stack.web import SEGMENTS, Airflow, Api, api_containers, in_container, summed

WITHIN_SECONDS = 1.0
ASKED = 120
# Runs in one API container: posts a click. In another: asks until the page is gone from the reader's list.
POST = """
import json, sys, time, urllib.request as u
reader, page, name = sys.argv[1:]
body = json.dumps({"event_id": name, "user_id": reader, "page": page}).encode()
u.urlopen(u.Request("http://127.0.0.1:8001/events", body, {"Content-Type": "application/json"}), timeout=10).read()
print(time.time())
"""
WATCH = """
import json, sys, time, urllib.request as u
reader, page = sys.argv[1:]
until = time.time() + 20
while time.time() < until:
    answer = json.load(u.urlopen(f"http://127.0.0.1:8001/recommendations?user_id={reader}&num_recs=20", timeout=10))
    if page not in [item["page"] for item in answer["items"]]:
        print(time.time()); break
    time.sleep(0.01)
"""


def celery(stack: Stack) -> str:
    """Bring the workers up and train: the segments are trained on different workers."""
    stack.profiles, stack.settings = ("celery",), {"PAUTA_EXECUTOR": "CeleryExecutor"}
    seconds = stack.up()
    airflow = Airflow(stack)
    run = airflow.trigger("news_training")
    wait_for("the training ends", lambda: airflow.ended("news_training", run), 900, 2)
    tasks = airflow.tasks("news_training", run)
    workers = {each["rendered_map_index"]: each["hostname"] for each in tasks if each["task_id"] == "train"}
    names = {each["ID"][:12]: each["Name"] for each in stack.containers()}
    need(set(workers) == set(SEGMENTS), f"trained: {workers}")
    need(len(set(workers.values())) > 1, f"all on one worker: {workers}")
    need(all(host in names and "worker" in names[host] for host in workers.values()), f"not on workers: {workers}")
    log = airflow.get(f"/dags/news_training/dagRuns/{run}/taskInstances/train/logs/1?map_index=0")
    need(len(json.dumps(log)) > 500, "the log of a worker's task cannot be read")
    _local_again(stack)
    where = ", ".join(f"{part} on {names[host].rpartition('-')[2]}" for part, host in sorted(workers.items()))
    return f"up in {seconds:.0f} s; trained: {where}"


def _local_again(stack: Stack) -> None:
    """Remove the profile's services; the scheduler runs the tasks again."""
    stack.compose("rm", "--stop", "--force", "airflow-worker", "redis")
    stack.profiles, stack.settings = (), {}
    stack.up()


def scale(stack: Stack) -> str:
    """Bring three API containers up: each answers its share, a click at one is known to another, one may be killed."""
    stack.settings = {"PAUTA_API_REPLICAS": "3"}
    seconds = stack.up()
    replicas = api_containers(stack)
    need(len(replicas) == 3, f"containers of the API: {replicas}")
    shares = _shares(stack, replicas)
    need(min(shares) > ASKED // 3 // 4, f"lists per container, of {ASKED}: {shares}")
    delays = [_delay(stack, replicas[turn % 3], replicas[(turn + 1) % 3]) for turn in range(6)]
    need(max(delays) < WITHIN_SECONDS, f"delays: {delays}")
    stack.notes["scale_delays_seconds"] = [round(delay, 3) for delay in delays]
    with posting(stack) as poster:
        wait_for("traffic flows", lambda: poster.lists > 20, 30, 0.2)
        _kill(stack, "api", replicas[-1])
        wait_for("traffic flows on", lambda: poster.lists > 100, 60, 0.2)
    need(
        poster.failed_lists <= 1, f"{poster.failed_lists} of {poster.lists} lists failed while one container was killed"
    )
    digests = wait_for("all containers have one state", lambda: _one_digest(stack, replicas), 30)
    proxy_back = _kill(stack, "proxy")
    need(len(Api(stack).pages("after-the-proxy")) == 10, "no full list through the proxy that is back")
    return (
        f"{len(replicas)} API containers, up in {seconds:.0f} s; lists per container, of {ASKED}: {shares}; "
        f"a click at one is known to the next after {min(delays):.2f} to {max(delays):.2f} s; "
        f"one killed: {poster.failed_lists} of {poster.lists} lists failed; "
        f"one state ({digests[:12]}); the proxy killed: back in {proxy_back:.0f} s"
    )


def _shares(stack: Stack, replicas: list[str]) -> list[int]:
    """How many of ``ASKED`` lists, asked for through the proxy, each container answered."""

    def answered() -> list[float]:
        return [summed(in_container(stack, name, "/metrics"), "pauta_recommendations_total") for name in replicas]

    before, api = answered(), Api(stack)
    for turn in range(ASKED):
        api.pages(f"share-{turn}")
    return [round(after - first) for after, first in zip(answered(), before, strict=True)]


def upgrade(stack: Stack) -> str:
    """Change the API's code and run ``make up``: only the API is replaced, and no request fails."""
    facts = []
    for replicas in ("3", "1"):
        stack.settings = {"PAUTA_API_REPLICAS": replicas}
        stack.make("up")
        others, old = _others(stack), set(api_containers(stack))
        marker = stack.checkout / "app" / "__init__.py"
        marker.write_text(marker.read_text() + f"# changed {replicas}\n")
        with posting(stack) as poster:
            wait_for("traffic flows", lambda traffic=poster: traffic.lists > 20, 30, 0.2)
            started = time.monotonic()
            stack.make("up")
            seconds = time.monotonic() - started
            reached = poster.lists
            wait_for("traffic flows on", lambda traffic=poster, least=reached: traffic.lists > least + 30, 60, 0.2)
        need(not old & set(api_containers(stack)), f"not replaced: {old & set(api_containers(stack))}")
        need(_others(stack) == others, "other containers were replaced, too")
        failed = poster.failed_lists + poster.refused
        need(failed == 0, f"{poster.failed_lists} of {poster.lists} lists and {poster.refused} posts of events failed")
        requests = poster.lists + len(poster.acknowledged)
        facts.append(f"{replicas} replaced in {seconds:.0f} s, {requests} requests, 0 failed")
    return "; ".join(facts)


def _others(stack: Stack) -> dict[str, str]:
    """The ids of the containers that a change of the API must leave alone, by name."""
    ids = {each["Name"]: each["ID"] for each in stack.containers() if each["Service"] != "api"}
    return {name: number for name, number in ids.items() if "-secrets-" not in name and "-run-" not in name}


def taken_port(stack: Stack) -> str:
    """``make up`` names the setting of a port that another program has, before it starts anything."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        stack.settings = {"PAUTA_GRAFANA_PORT": str(other.getsockname()[1])}
        said = stack.run("make", "up", check=False)
        stack.settings = {}
    need("PAUTA_GRAFANA_PORT" in said and "is taken" in said, f"make up said: {said[-300:]}")
    return "refused, and PAUTA_GRAFANA_PORT named"


def _delay(stack: Stack, here: str, there: str) -> float:
    """Seconds from the acknowledgement of a click in one container to its effect in another."""
    reader, run = f"scale-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    page = Api(stack).pages(reader, 20)[3]
    watch = subprocess.Popen(
        ["docker", "exec", there, "python", "-c", WATCH, reader, page], stdout=subprocess.PIPE, text=True
    )
    time.sleep(1.0)
    need(watch.poll() is None, "the page was gone before the click")
    posted = stack.run("docker", "exec", here, "python", "-c", POST, reader, page, run)
    seen, _ = watch.communicate(timeout=300)
    need(seen.strip(), f"{there} never knew the click")
    return max(0.0, float(seen) - float(posted))


def _one_digest(stack: Stack, containers: list[str]) -> str:
    """The digest that all containers agree on; nothing while they do not."""
    asking = "import os, sys, json, urllib.request as u; r = u.Request('http://127.0.0.1:8001/live?digest=1', "
    asking += (
        "headers={'Authorization': 'Bearer ' + os.environ['PAUTA_ADMIN_TOKEN']}); print(u.urlopen(r).read().decode())"
    )
    answers: list[dict[str, Any]] = []
    for name in containers:
        out = stack.run("docker", "exec", name, "/opt/pauta/with-secrets.sh", "python", "-c", asking)
        answers.append(json.loads(out.splitlines()[-1]))
    digests = {str(answer["digest"]) for answer in answers}
    return digests.pop() if len(digests) == 1 else ""
