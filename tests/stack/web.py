"""Asks the services over HTTP."""

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tests.stack.engine import Stack, StepFailedError, need

SEGMENTS = ("logged", "semi_logged", "anonymous")
REGISTERED = """
import json, mlflow
client = mlflow.MlflowClient()
models = [client.get_registered_model(model.name) for model in client.search_registered_models()]
in_service = [model.name for model in models if "production" in model.aliases]
served = {name: client.get_model_version_by_alias(name, "production").tags.get("release") for name in in_service}
runs = sum(len(client.search_runs([each.experiment_id])) for each in client.search_experiments())
print(json.dumps({"models": {model.name: model.aliases for model in models}, "served": served, "runs": runs}))
"""


def ask(url: str, body: Any = None, *, method: str = "", headers: dict[str, str] | None = None) -> Any:
    """The JSON answer, or the text of one that is not JSON.

    Raises:
        StepFailedError: any status but a success.
        OSError: no answer.
    """
    data = None if body is None else json.dumps(body).encode()
    given = {"Content-Type": "application/json"} | (headers or {})
    request = urllib.request.Request(url, data, given, method=method or None)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read().decode()
    except http.client.HTTPException as error:
        raise OSError(f"{url}: the answer was cut: {error}") from error
    except urllib.error.HTTPError as error:
        raise StepFailedError(f"{url}: {error.code} {error.read().decode(errors='replace')[:300]}") from error
    try:
        return json.loads(text)
    except ValueError:
        return text


def proxy_login(stack: Stack) -> dict[str, str]:
    """The header that opens Prometheus and MLflow."""
    login = base64.b64encode(f"admin:{stack.secret('proxy_password')}".encode()).decode()
    return {"Authorization": f"Basic {login}"}


def closed(url: str) -> bool:
    """Whether the address answers 401 to a request without a login."""
    try:
        urllib.request.urlopen(url, timeout=20)
    except urllib.error.HTTPError as error:
        return error.code == 401
    return False


class Api:
    """The recommendation API."""

    def __init__(self, stack: Stack, port: str = "PAUTA_PORT") -> None:
        self._stack, self.url = stack, stack.url(port)

    def get(self, path: str, **query: Any) -> Any:
        return ask(f"{self.url}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else ""))

    def post(self, path: str, body: Any) -> Any:
        return ask(self.url + path, body)

    def admin(self, path: str, body: Any = None) -> Any:
        token = self._stack.secret("admin_token")
        return ask(self.url + path, body, headers={"Authorization": f"Bearer {token}"})

    def release(self) -> str:
        """The version in service."""
        return str(self.get("/ready")["release"])

    def pages(self, user: str, count: int = 10) -> list[str]:
        """The pages recommended to a reader."""
        return [item["page"] for item in self.get("/recommendations", user_id=user, num_recs=count)["items"]]

    def metric(self, name: str, *labels: str) -> float:
        """The sum of a metric's series that have all these labels, each written as ``name="value"``."""
        return sum(
            summed(in_container(self._stack, each, "/metrics"), name, *labels) for each in api_containers(self._stack)
        )


def api_containers(stack: Stack) -> list[str]:
    """The names of the API's containers, sorted."""
    return sorted(each["Name"] for each in stack.containers() if each["Service"] == "api")


def in_container(stack: Stack, container: str, path: str) -> str:
    """What one container of the API answers to a request from inside it, past the proxy."""
    code = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8001{path}', timeout=10).read().decode())"
    return stack.run("docker", "exec", container, "python", "-c", code)


def summed(text: str, name: str, *labels: str) -> float:
    """The sum of a metric's series in a scrape that have all these labels."""
    lines = [line for line in text.splitlines() if line.startswith((f"{name}{{", f"{name} "))]
    return sum(float(line.rpartition(" ")[2]) for line in lines if all(label in line for label in labels))


class Airflow:
    """Airflow's API, as its administrator."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.url("PAUTA_AIRFLOW_PORT")
        login = {"username": "admin", "password": stack.secret("airflow_admin_password")}
        self._headers = {"Authorization": f"Bearer {ask(f'{self._url}/auth/token', login)['access_token']}"}

    def get(self, path: str) -> Any:
        return ask(f"{self._url}/api/v2{path}", headers=self._headers)

    def trigger(self, dag: str) -> str:
        """Start a run; its id."""
        body = {"logical_date": None, "conf": {}}
        return str(ask(f"{self._url}/api/v2/dags/{dag}/dagRuns", body, headers=self._headers)["dag_run_id"])

    def runs(self, dag: str) -> dict[str, str]:
        """The state of each run of a DAG."""
        found = self.get(f"/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return {run["dag_run_id"]: run["state"] for run in found}

    def ended(self, dag: str, run: str) -> bool:
        """Whether the run succeeded; an error when it failed."""
        state = self.runs(dag).get(run)
        need(state != "failed", f"{dag} {run} failed: {self.failures(dag, run)}")
        return state == "success"

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/dags/{dag}/dagRuns/{urllib.parse.quote(run)}/taskInstances")[
            "task_instances"
        ]
        return found

    def failures(self, dag: str, run: str) -> str:
        return ", ".join(task["task_id"] for task in self.tasks(dag, run) if task["state"] == "failed")


class Grafana:
    """Grafana's API; queries go through its own data source."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.url("PAUTA_GRAFANA_PORT")
        login = base64.b64encode(f"admin:{stack.secret('grafana_password')}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}

    def get(self, path: str) -> Any:
        return ask(f"{self._url}/api{path}", headers=self._headers)

    def query(self, expression: str) -> list[Any]:
        """What Prometheus answers to Grafana."""
        quoted = urllib.parse.urlencode({"query": expression})
        result: list[Any] = self.get(f"/datasources/proxy/uid/prometheus/api/v1/query?{quoted}")["data"]["result"]
        return result


def in_mlflow(stack: Stack) -> dict[str, Any]:
    """The number of runs, every model's aliases, and the releases in service, as MLflow's server tells them."""
    address = ("-e", "MLFLOW_TRACKING_URI=http://127.0.0.1:5000")
    out = stack.compose("exec", "-T", *address, "mlflow", "python", "-c", REGISTERED)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found
