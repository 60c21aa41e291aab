"""Steps: recommendations, events that count, training asked for over HTTP, traffic, dashboards."""

import json
import sys
import time
import uuid
from typing import Any

from tests.stack.engine import Stack, need, wait_for
from tests.stack.web import SEGMENTS, Airflow, Api, Grafana, ask, closed, proxy_login

TRAFFIC_SECONDS = 75
EVENTS = 200
# Runs in the API's container: readers whom the release knows. Clicks of as many new ones do not trend.
READERS = """
import sys
from pathlib import Path
from script_shared.arrays import IdIndex
folder = next(Path("script_shared/models/news/releases").glob(f"{sys.argv[1]}/files-*/readers"))
print(*IdIndex.load(folder, "ids").ids.tolist()[: int(sys.argv[2])], sep="\\n")
"""
LATER = ("pauta_guard_", "pauta_service_", "pauta_backup_")  # a new platform lacks these: hours of clicks, backups


def recommend(stack: Stack) -> str:
    """A full list for a reader of each segment, and for one that nobody knows."""
    api = Api(stack)
    examples = api.get("/model")["examples"]
    for segment in SEGMENTS:
        answer = api.get("/recommendations", user_id=examples[segment][0], num_recs=10)
        need(answer["segment"] == segment, f"a {segment} reader was answered as {answer['segment']}")
        need(len({item["page"] for item in answer["items"]}) == 10, f"{segment}: {len(answer['items'])} items")
        need(not answer["degraded"], f"{segment}: degraded {answer['degraded']}")
    need(len(api.pages("nobody-knows-me")) == 10, "a new reader got no full list")
    return "10 items each: " + ", ".join(SEGMENTS) + ", new reader"


def events(stack: Stack) -> str:
    """Events are in PostgreSQL when they are acknowledged, count once, and what was read does not come back.

    They come with the token, as from the site's own server.
    """
    api, run = Api(stack), uuid.uuid4().hex[:8]
    reader = api.get("/model")["examples"]["logged"][1]
    page = api.pages(reader)[0]
    said = stack.compose("exec", "-T", "api", "python", "-c", READERS, api.release(), str(EVENTS + 1))
    others = [name for name in said.splitlines() if name != reader][:EVENTS]
    before = api.metric("pauta_events_total", 'kind="click"', 'result="new"')
    batch = [{"event_id": f"verify-{run}-{n}", "user_id": other, "page": page} for n, other in enumerate(others)]
    batch.append({"event_id": f"verify-{run}-mine", "user_id": reader, "page": page})
    need(api.admin("/events", batch) == {"accepted": EVENTS + 1, "duplicates": 0}, "not all events were accepted")
    need(api.post("/events", batch)["duplicates"] == EVENTS + 1, "an event counted twice")
    need(page not in api.pages(reader, 100), "a page that was read came back")
    need(page in api.pages(f"trend-{run}", 10), f"a page with {EVENTS} clicks just now is not in a new reader's list")
    kept = int(stack.sql("pauta", f"SELECT count(*) FROM pauta_entries WHERE entry_id LIKE 'verify-{run}-%'")[0])
    need(kept == EVENTS + 1, f"the log has {kept} of {EVENTS + 1}")
    counted = api.metric("pauta_events_total", 'kind="click"', 'result="new"') - before
    need(counted == EVENTS + 1, f"the metric counted {counted:.0f}")
    return f"{EVENTS + 1} clicks: acknowledged, in the log, counted once, trending at once, not shown again"


def train(stack: Stack) -> str:
    """``POST /train`` starts a training in Airflow; the API takes up the release when it is promoted."""
    api, airflow = Api(stack), Airflow(stack)
    before = api.release()
    answer = api.admin("/train", {})
    need(answer["address"].startswith(("http://localhost", "http://127.0.0.1")), f"address: {answer['address']}")
    wait_for("the training ends", lambda: airflow.ended("news_training", answer["run_id"]), 600, 2)
    pointer = json.loads(stack.compose("exec", "-T", "api", "cat", "script_shared/models/news/current"))
    wait_for("the API serves what was promoted", lambda: api.release() == pointer["version"], 30)
    return f"success; {before} before, {api.release()} now"


def traffic(stack: Stack) -> str:
    """Made-up readers for a while."""
    command = [sys.executable, "-m", "pipelines.traffic", "--url", stack.url("PAUTA_PORT"), "--rate", "12"]
    command += ["--seconds", str(TRAFFIC_SECONDS), "--news-every", "5"]
    stack.settings = {"PAUTA_ADMIN_TOKEN": stack.secret("admin_token")}  # an argument would be in a failure's message
    try:
        summary = stack.run(*command).splitlines()[-1]
    finally:
        stack.settings = {}
    need(" 200" in summary, summary)
    need("no answer" not in summary, summary)
    need(" 500" not in summary, summary)
    stats = stack.run("docker", "stats", "--no-stream", "--format", "{{.Name}}\t{{.MemUsage}}")
    lines = [line.split("\t") for line in stats.splitlines() if line.startswith(f"{stack.project}-")]
    stack.notes["memory"] = {
        name.removeprefix(f"{stack.project}-").rpartition("-")[0]: used.split(" /")[0] for name, used in lines
    }
    return summary


def targets(stack: Stack) -> str:
    """Every target of Prometheus is up, and every rule of its alerts can be evaluated."""
    url, login = stack.url("PAUTA_PROMETHEUS_PORT"), proxy_login(stack)
    for port in ("PAUTA_PROMETHEUS_PORT", "PAUTA_ALERTMANAGER_PORT", "PAUTA_MLFLOW_PORT"):
        need(closed(stack.url(port)), f"{port} answers without a login")

    def all_up() -> list[Any] | None:
        found = ask(f"{url}/api/v1/targets?state=active", headers=login)["data"]["activeTargets"]
        down = [target["scrapeUrl"] for target in found if target["health"] != "up"]
        need(not down, f"not up: {down}")
        return list(found)

    found = wait_for("every target is up", all_up, 90, 2)
    groups = ask(f"{url}/api/v1/rules", headers=login)["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    need(rules, "no alert rules are loaded")
    sick = [rule["name"] for rule in rules if rule["health"] not in ("ok", "unknown")]
    need(not sick, f"rules that fail: {sick}")
    firing = sorted({rule["name"] for rule in rules if rule.get("state") == "firing"})
    need(not firing, f"alerts fire: {firing}")
    pools = sorted({target["scrapePool"] for target in found})
    return f"{len(found)} targets up ({', '.join(pools)}), {len(rules)} rules, none firing; a login is asked for"


def dashboards(stack: Stack) -> str:
    """Every query of every panel of every dashboard answers with data, through Grafana."""
    grafana = Grafana(stack)
    listing = grafana.get("/search?type=dash-db")
    boards = [grafana.get(f"/dashboards/uid/{each['uid']}")["dashboard"] for each in listing]
    found = [(board["title"], *each) for board in boards for each in expressions(board)]
    asked = [each for each in found if not any(name in each[2] for name in LATER)]
    need(asked, "Grafana has no dashboard with queries")
    empty = asked
    for _ in range(6):
        empty = [each for each in empty if not grafana.query(each[2])]
        if not empty:
            break
        time.sleep(10)
    need(not empty, "no data:\n" + "\n".join(" / ".join(each) for each in empty))
    later = f"; {len(found) - len(asked)} more need hours of clicks or a backup"
    return f"{len(boards)} dashboards, {len(asked)} queries, all with data{later}"


def expressions(board: dict[str, Any]) -> list[tuple[str, str]]:
    """Title and query of every panel, with Grafana's own variables and the board's filled in."""
    panels = list(board.get("panels", []))
    panels += [inner for panel in panels for inner in panel.get("panels", [])]
    found = [(panel.get("title", ""), target["expr"]) for panel in panels for target in panel.get("targets", [])]
    values = {each["name"]: _value(each) for each in board.get("templating", {}).get("list", [])}
    return [(title, _filled(expression, values)) for title, expression in found]


def _value(variable: dict[str, Any]) -> str:
    """The value of a variable when the board is opened; everything, where it allows that."""
    value = variable.get("current", {}).get("value", "")
    value = "|".join(value) if isinstance(value, list) else str(value)
    return ".*" if variable.get("includeAll") or value in ("", "$__all") else value


def _filled(expression: str, values: dict[str, str]) -> str:
    for name, value in (("$__rate_interval", "2m"), ("$__interval", "1m"), ("$__range", "10m")):
        expression = expression.replace(name, value)
    for name in sorted(values, key=len, reverse=True):
        expression = expression.replace(f"${{{name}}}", values[name]).replace(f"${name}", values[name])
    return expression
