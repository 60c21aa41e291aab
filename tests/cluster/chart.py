"""The chart in the cluster: images, Secrets, the database and store outside, and Helm."""

import base64
import json
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import node
from tests.cluster.addons import OBJECTS
from tests.cluster.machine import Machine, run, wait_until
from tests.cluster.plane import kubectl

ROOT = Path(__file__).parents[2]
CHART = ROOT / "docker" / "kubernetes"
REGISTRY, TAG, STORE = "pauta.local", "0.1.0", "pauta.local/store:1"
IMAGES = {
    "api": ("api", ()),
    "postgres": ("services", ("--target", "postgres")),
    "mlflow": ("airflow", ("--target", "mlflow")),
    "airflow": ("airflow", ("--target", "airflow", "--build-arg", "KUBERNETES=1", "--build-arg", "SPARK=1")),
}
BUCKETS = """\
import boto3
boto3.client("s3", endpoint_url="http://127.0.0.1:443", region_name="us-east-1").create_bucket(Bucket="pauta-staging")
"""
STORE_IMAGE = """\
FROM python:3.11-slim-bookworm
RUN pip install --no-cache-dir --disable-pip-version-check 'moto[s3,server]==MOTO'
ENV AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing-secret S3_IGNORE_SUBDOMAIN_BUCKETNAME=true
CMD ["moto_server", "--host", "0.0.0.0", "--port", "443"]
"""
DATABASE = "database.outside.svc"


def build_images(machine: Machine) -> None:
    """Build the product's four images from their Dockerfiles, and the store's image, and load them into the node."""
    for name, (file, options) in IMAGES.items():
        tag = ("--tag", f"{REGISTRY}/pauta-{name}:{TAG}")
        run(ROOT, "docker", "build", "--quiet", "--file", f"docker/{file}.Dockerfile", *options, *tag, ".")
        node.add_image(machine, f"{REGISTRY}/pauta-{name}:{TAG}")
    (context := machine.folder / "images" / "store").mkdir(parents=True, exist_ok=True)
    (context / "Dockerfile").write_text(STORE_IMAGE.replace("MOTO", _version("moto")))
    run(context, "docker", "build", "--quiet", "--tag", STORE, ".")
    node.add_image(machine, STORE)


def _version(package: str) -> str:
    """The version of a package in the test requirements."""
    lines = (ROOT / "tests" / "requirements.txt").read_text().splitlines()
    found = next(line for line in lines if line.split("==")[0].split("[")[0] == package)
    return found.split("==")[1].split()[0]


def start_outside(machine: Machine, password: str) -> None:
    """Start the database and the store in their own namespace."""
    data = (OBJECTS / "outside.yaml").read_text().replace("MASTER_PASSWORD", password)
    kubectl(machine, "apply", "--filename", "-", data=data)
    for pod in ("database", "store"):
        kubectl(machine, "--namespace", "outside", "wait", f"pod/{pod}", "--for=condition=Ready", "--timeout=180s")
    kubectl(machine, "--namespace", "outside", "exec", "store", "--", "python", "-c", BUCKETS)


def secret_values(master: str) -> dict[str, str]:
    """The keys of the Secret that docs/kubernetes.md names, with new random values.

    Args:
        master: password of the database's user postgres.
    """
    word = {name: secrets.token_urlsafe(24) for name in ("airflow", "mlflow", "pauta", "key", "token", "password")}
    database = {name: f"postgresql+psycopg2://{name}:{word[name]}@{DATABASE}:5432/{name}" for name in word}
    fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        "PAUTA_EVENTS_URI": database["pauta"],
        "PAUTA_EVENTS_KEY": word["key"],
        "PAUTA_ADMIN_TOKEN": word["token"],
        "PAUTA_AIRFLOW_USERNAME": "pauta",
        "PAUTA_AIRFLOW_PASSWORD": word["password"],
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database["airflow"],
        "AIRFLOW__CORE__FERNET_KEY": fernet,
        "MLFLOW_BACKEND_STORE_URI": database["mlflow"],
        "PGHOST": DATABASE,
        "PGPASSWORD": master,
        "AIRFLOW_DB_PASSWORD": word["airflow"],
        "MLFLOW_DB_PASSWORD": word["mlflow"],
        "PAUTA_DB_PASSWORD": word["pauta"],
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-secret",
    }


def apply_secrets(machine: Machine, values: dict[str, str], without: str = "") -> None:
    """Create or replace the chart's Secret, without one key, and the Secret of Airflow's pods."""
    airflow = {key: value for key, value in values.items() if key.startswith(("AIRFLOW__", "PAUTA_EVENTS", "AWS_"))}
    airflow |= {"AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64)}
    airflow |= {"AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(48)}
    chart = {key: value for key, value in values.items() if key != without}
    for name, content in {"pauta": chart, "pauta-airflow": airflow}.items():
        made: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "stringData": content}
        made["metadata"] = {"name": name, "namespace": "news"}
        kubectl(machine, "apply", "--filename", "-", data=yaml.safe_dump(made))


def make_namespace(machine: Machine) -> None:
    """Create the release's namespace, which admits only pods of the standard ``restricted``, and its volume."""
    metadata = {"name": "news", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    kubectl(machine, "apply", "--filename", "-", data=yaml.safe_dump(made))
    (data := machine.folder / "shared").mkdir(exist_ok=True)
    for name in ("data", "models", "evaluation"):  # the kubelet creates a subPath's folder for root only
        (data / name).mkdir(exist_ok=True)
        shutil.chown(data / name, 50000, 50000)
    volume = (OBJECTS / "data.yaml").read_text().replace("DATA_FOLDER", str(data))
    kubectl(machine, "apply", "--filename", "-", data=volume)


def helm(machine: Machine, action: str, *options: str) -> None:
    """Install or upgrade the release ``news``; Airflow's chart, which is not in a package registry, is left out."""
    copy = machine.folder / "chart"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(CHART, copy)
    meta = yaml.safe_load((copy / "Chart.yaml").read_text())
    del meta["dependencies"]
    (copy / "Chart.yaml").write_text(yaml.safe_dump(meta))
    values = (
        "--values",
        str(CHART / "environments" / "staging.yaml"),
        "--values",
        str(Path(__file__).parent / "values.yaml"),
    )
    place = ("--kubeconfig", str(machine.kubeconfig), "--namespace", "news")
    run(machine.folder, str(machine.programs / "helm"), action, "news", str(copy), *place, *values, *options)


def pods(machine: Machine, component: str, path: str = "{.items[*].metadata.name}") -> list[str]:
    """Words that a JSONPath finds in the pods of a component; by default, the names of the pods."""
    selector = f"app.kubernetes.io/component={component}"
    where = ("--namespace", "news", "get", "pods", "--selector", selector)
    return kubectl(machine, *where, "--output", f"jsonpath={path}").split()


def in_config_map(machine: Machine, name: str, key: str) -> str:
    """The text of one key of a ConfigMap."""
    kept = kubectl(machine, "--namespace", "news", "get", "configmap", name, "--output", "json")
    return str(json.loads(kept)["data"][key])


def job_done(machine: Machine, name: str, seconds: float) -> float:
    """Wait until a Job has succeeded; returns the seconds."""
    where = ("--namespace", "news", "get", "job", name, "--output", "jsonpath={.status.succeeded}")
    return wait_until(f"job {name}", seconds, lambda: kubectl(machine, *where) == "1")


def ready_pods(machine: Machine, component: str) -> int:
    """How many pods of a component are ready."""
    state = "{.items[*].status.conditions[?(@.type=='Ready')].status}"
    return pods(machine, component, state).count("True")


def engine_answers() -> bool:
    """Whether the Docker engine that builds the images answers."""
    return not subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
