"""A service that cannot make the traces for which its environment asks ends at its start with a message."""

import os
import subprocess
import sys

from tests.app.conftest import ROOT


def test_an_unknown_exporter_ends_the_start_with_what_to_write() -> None:
    environment = {**os.environ, "OTEL_TRACES_EXPORTER": "zipkin"}
    ended = subprocess.run(
        [sys.executable, "-m", "app"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 1
    assert ended.stderr == "pauta: OTEL_TRACES_EXPORTER: 'zipkin' is not known here. Use otlp, console or none.\n"
