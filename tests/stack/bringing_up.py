"""Steps: a clone, its configuration, its images, and the first start with nothing else done."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.stack.engine import ROOT, Stack, need, wait_for
from tests.stack.web import Airflow, Api, in_mlflow

IMAGES = ("api", "airflow", "mlflow", "secrets", "postgres", "prometheus", "alertmanager", "grafana")
IMAGES += ("statsd-exporter", "proxy")
PROFILES: tuple[tuple[str, ...], ...] = ((), ("celery",), ("landing",))
API_IMAGE_MB = 600


def clone(stack: Stack) -> str:
    """Take a bare clone, whose files nobody else may read."""
    stack.clone()
    need(not (stack.checkout / ".env").exists(), "the clone has a .env")
    return stack.run("git", "log", "-1", "--format=%h %s").strip()[:60]


def bases(stack: Stack) -> str:
    """Check that the base images are available: stand-ins if a folder makes them, else the registry."""
    if stack.standins is None:
        return "from the registry"
    command = [str(stack.standins / "images.sh"), "--compose", str(stack.checkout / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1800, cwd=stack.standins)
    need(done.returncode == 0, f"images.sh failed:\n{done.stderr[-1500:]}")
    return "stand-ins"


def config(stack: Stack) -> str:
    """Have Compose check the file with every profile, and hadolint the Dockerfiles where it is installed."""
    for profiles in PROFILES:
        flags = [part for profile in profiles for part in ("--profile", profile)]
        said = stack.run("docker", "compose", *flags, "config", "--quiet")
        need(not said.strip(), said)
    places = (ROOT / ".venv/bin", Path(sys.executable).parent)
    hadolint = shutil.which("hadolint") or shutil.which("hadolint", path=os.pathsep.join(map(str, places)))
    if hadolint is None:
        return f"{len(PROFILES)} sets of profiles; hadolint is not installed"
    files = sorted(str(file) for file in (stack.checkout / "docker").glob("*.Dockerfile"))
    stack.run(hadolint, *files)
    return f"{len(PROFILES)} sets of profiles, hadolint on {len(files)} files"


def build(stack: Stack) -> str:
    """Build every image; the API's stays below its bound."""
    stack.run("docker", "compose", "--profile", "*", "build", "--quiet", seconds=1800)
    sizes = {}
    for name in IMAGES:
        out = stack.run("docker", "image", "inspect", f"pauta-{name}:0.1.0", "--format", "{{.Size}}")
        sizes[name] = round(int(out) / 1e6)
    stack.notes["image_mb"] = sizes
    need(sizes["api"] < API_IMAGE_MB, f"the API's image has {sizes['api']} MB")
    return ", ".join(f"{name} {size} MB" for name, size in sizes.items())


def start(stack: Stack) -> str:
    """``docker compose up`` and nothing else: the API listens at once, and becomes ready by itself."""
    started, api = time.monotonic(), Api(stack)
    with ThreadPoolExecutor() as pool:
        coming = pool.submit(stack.up)
        wait_for("the API listens", lambda: api.get("/health"), 300, 0.3)
        listening = time.monotonic() - started
        wait_for("a release is served", api.release, 900)
        ready = time.monotonic() - started
        coming.result()
    stack.notes["first_start_seconds"] = {"listening": round(listening, 1), "ready": round(ready, 1)}
    troubled = [each["Service"] for each in stack.containers() if each.get("Health") not in ("healthy", "")]
    need(not troubled, f"not healthy: {troubled}")
    return f"listening after {listening:.0f} s, a release served after {ready:.0f} s, all healthy"


def first_runs(stack: Stack) -> str:
    """See in Airflow that the data and the training run were started by themselves, once, and succeeded."""
    airflow = Airflow(stack)
    wait_for("the training ends", lambda: "running" not in airflow.runs("news_training").values(), 120)
    first = list(airflow.runs("news_data").values())
    started = [state for run, state in airflow.runs("news_training").items() if run.startswith("asset_triggered")]
    need((first, started) == (["success"], ["success"]), f"runs: {first}, {started}")
    health = airflow.get("/monitor/health")
    parts = {name: health[name]["status"] for name in ("metadatabase", "scheduler", "dag_processor")}
    need(set(parts.values()) == {"healthy"}, f"health: {parts}")
    return "news_data success, news_training success"


def registered(stack: Stack) -> str:
    """See in MLflow that trainings are recorded, and the releases registered with the alias of what is served."""
    found, cases = in_mlflow(stack), Api(stack).get("/ready")["use_cases"]
    need(found["runs"], f"no run is recorded: {found}")
    served = {f"pauta-{name}": each["release"] for name, each in cases.items()}
    need(found["served"] == served, f"production is not what is served: {found}, {served}")
    return f"{found['runs']} runs; {found['models']}; production is the release in service of each"
