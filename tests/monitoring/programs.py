"""Debian's Prometheus and Alertmanager with the configurations of the stack, on free ports of this machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.app.conftest import until
from tests.monitoring.promql import ALERTS, ROOT
from tests.patience import PATIENCE_SECONDS
from tests.servers import free_port

START = ROOT / "docker" / "alertmanager" / "start.py"
PROGRAMS = ("prometheus", "prometheus-alertmanager")
needs_both = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"not installed: apt-get install {' '.join(PROGRAMS)}"
)


class PrometheusClient:
    """A client of a Prometheus."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        answer = self._http.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, (query, answer.text)
        return answer.json()["data"]

    def values(self, expression: str) -> list[float]:
        """Numbers that an expression gives now."""
        found = self.get("query", query=expression)["result"]
        return [value for each in found if (value := float(each["value"][1])) == value]

    def ready(self) -> bool:
        try:
            return self._http.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def prometheus(
    folder: Path, ports: dict[str, int], *, rules: Path = ALERTS, receivers: tuple[int, ...] = ()
) -> Iterator[PrometheusClient]:
    """Debian's Prometheus with our configuration, but for the targets' addresses and the pace.

    Args:
        ports: port of each job to scrape.
        receivers: ports of the Alertmanagers that get the alerts; that of the job ``alertmanager`` when empty.
    """
    config = yaml.safe_load((ALERTS.parent / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "3s", "evaluation_interval": "1s", "scrape_timeout": "3s"}
    config["rule_files"] = [str(rules)]
    own = free_port()
    (sending,) = config["alerting"]["alertmanagers"]
    targets = [f"127.0.0.1:{port}" for port in receivers or (ports["alertmanager"],)]
    sending["static_configs"] = [{"targets": targets}]
    for job in config["scrape_configs"]:
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": [f"127.0.0.1:{({**ports, 'prometheus': own})[job['job_name']]}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    flags = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    process = subprocess.Popen(
        ["prometheus", *flags, f"--web.listen-address=127.0.0.1:{own}", "--log.level=warn"], cwd=folder
    )
    client = PrometheusClient(own)
    try:
        until(client.ready)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(PATIENCE_SECONDS)


@contextmanager
def alertmanager(folder: Path, settings: Mapping[str, str]) -> Iterator[int]:
    """Debian's Alertmanager, started by the script of its image; yields its port.

    Args:
        folder: is made; takes the configuration and what Alertmanager stores.
        settings: values of ``PAUTA_ALERT_…``.
    """
    folder.mkdir()
    port = free_port()
    places = {"CONFIG_FOLDER": str(folder), "PATH": os.environ["PATH"]}
    flags = [f"--storage.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    command = [sys.executable, START, PROGRAMS[1], *flags, "--log.level=warn"]
    process = subprocess.Popen(command, cwd=folder, env={**places, **settings})

    def ready() -> bool:
        assert process.poll() is None, f"Alertmanager ended with code {process.returncode}"
        try:
            return httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=PATIENCE_SECONDS).status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(ready)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
