"""The real Prometheus, started with the feature of docker-compose.yml, stores the trace of a request."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from tests.app.conftest import ROOT, Store, release_of, serving, until
from tests.otlp import InMemory
from tests.patience import PATIENCE_SECONDS
from tests.servers import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not shutil.which("prometheus"), reason="Prometheus is not installed: apt-get install prometheus"
    ),
]
CONFIG = "scrape_configs: [{{job_name: api, scrape_interval: 1s, static_configs: [{{targets: ['{target}']}}]}}]"


def exemplars(port: int) -> set[str]:
    """The traces that Prometheus knows of the times of requests; none before it answers."""
    now = time.time()
    query = {"query": "pauta_http_request_duration_seconds_bucket", "start": now - 3600, "end": now + 60}
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/query_exemplars", params=query, timeout=5)
    except httpx.TransportError:
        return set()
    series = answer.json().get("data") or [] if answer.status_code == 200 else []
    return {each["labels"]["trace_id"] for one in series for each in one["exemplars"]}


def test_a_slow_request_leads_to_its_trace(store: Store, tmp_path: Path) -> None:
    (feature,) = re.findall(r"- (--enable-feature=\S+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    tracing, port = InMemory(), free_port()
    store.promote("v1")
    with serving(store.settings, lambda settings: create_app(settings, tracing=tracing)) as client:
        until(lambda: release_of(client) == "v1")
        config = tmp_path / "prometheus.yml"
        config.write_text(CONFIG.format(target=client.base_url.netloc.decode()))
        flags = [f"--config.file={config}", f"--storage.tsdb.path={tmp_path}/data", feature, "--log.level=warn"]
        process = subprocess.Popen(["prometheus", *flags, f"--web.listen-address=127.0.0.1:{port}"], cwd=tmp_path)
        try:
            client.get("/recommendations")
            until(lambda: tracing.named("GET /recommendations"))
            (span,) = tracing.named("GET /recommendations")
            until(lambda: f"{span.context.trace_id:032x}" in exemplars(port))
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
