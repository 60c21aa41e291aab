"""The metrics: all documented, no other documented, right when a worker dies."""

import os
import re
import subprocess
import sys
from pathlib import Path

from app import telemetry
from app.telemetry import Telemetry, forget_dead_workers

DOCUMENTED = set(re.findall(r"^(pauta_\w+)", telemetry.__doc__ or "", re.M))


def exported() -> set[str]:
    """Names as they stand in ``/metrics``."""
    return {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in Telemetry().registry.collect()
        if metric.name.startswith("pauta_")
    }


def test_every_metric_is_documented_and_no_other_is() -> None:
    assert exported() == DOCUMENTED


def test_every_metric_says_what_it_is() -> None:
    for metric in Telemetry().registry.collect():
        assert metric.documentation


def test_two_services_in_one_process_do_not_share_counts() -> None:
    first, second = Telemetry(), Telemetry()
    first.answered("/health", "GET", 200, 0.001)
    assert b'route="/health"' in first.render()
    assert b'route="/health"' not in second.render()


def test_short_and_empty_lists_are_counted() -> None:
    counts = Telemetry()
    counts.recommended("logged", "hybrid", "v1", asked=10, given=10, seconds=0.001)
    counts.recommended("logged", "hybrid", "v1", asked=10, given=3, seconds=0.001)
    counts.recommended("logged", "hybrid", "v1", asked=10, given=0, seconds=0.001)
    text = counts.render().decode()
    assert 'pauta_recommendation_short_total{segment="logged"} 2.0' in text
    assert 'pauta_recommendation_empty_total{segment="logged"} 1.0' in text
    assert 'pauta_recommendations_total{release="v1",segment="logged",source="hybrid"} 3.0' in text


def test_a_release_that_left_is_no_longer_the_one_in_service() -> None:
    counts = Telemetry()
    counts.swapped(None, "v1", created=1, data_end=1, seconds=1)
    counts.swapped("v1", "v2", created=2, data_end=2, seconds=1)
    text = counts.render().decode()
    assert 'pauta_release_info{release="v1"} 0.0' in text
    assert 'pauta_release_info{release="v2"} 1.0' in text


def test_a_dead_worker_no_longer_speaks(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = tmp_path / f"gauge_livemin_{gone.pid}.db", tmp_path / f"gauge_livemin_{os.getpid()}.db"
    dead.touch()
    alive.touch()
    forget_dead_workers(tmp_path)
    assert not dead.exists()
    assert alive.exists()
