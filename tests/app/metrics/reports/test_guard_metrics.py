"""The guard's newest look is shown as gauges by use case, and a broken file leaves them as they were."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.metrics.reports.guard_metrics import FILE, GuardMetrics

LOOK = {
    "status": "held",
    "clicks": 600,
    "answers": 900,
    "hit_rate": 0.41,
    "popularity": 0.5,
    "looked_at": "2026-01-01T00:00:00+00:00",
    "last_rollback": None,
    "comparisons": {"popularity": {"value": -0.09, "high": -0.03, "tolerance": 0.02}},
}


def write(folder: Path, **values: Any) -> None:
    (folder / "news").mkdir(exist_ok=True)
    (folder / "news" / FILE).write_text(json.dumps(LOOK | values), encoding="utf-8")


def test_without_a_file_there_are_the_names_and_no_figures(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        lines = GuardMetrics(folder).text().decode().splitlines()
        assert "# TYPE pauta_guard_held gauge" in lines
        assert [line for line in lines if not line.startswith("#")] == []


def test_the_newest_look_is_shown_and_what_is_unknown_is_left_out(tmp_path: Path) -> None:
    write(tmp_path)
    metrics = GuardMetrics(tmp_path)
    lines = metrics.text().decode().splitlines()
    assert 'pauta_guard_hit_rate{use_case="news"} 0.41' in lines
    assert 'pauta_guard_popularity_rate{use_case="news"} 0.5' in lines
    assert 'pauta_guard_lead_high{comparison="popularity",use_case="news"} -0.03' in lines
    assert 'pauta_guard_held{use_case="news"} 1.0' in lines
    assert 'pauta_guard_timestamp_seconds{use_case="news"} 1.7672256e+09' in lines
    assert not any(line.startswith("pauta_guard_last_rollback_timestamp_seconds{") for line in lines)
    write(tmp_path, status="fine", hit_rate=None, last_rollback="2026-01-01T00:00:00+00:00")
    lines = metrics.text().decode().splitlines()
    assert 'pauta_guard_held{use_case="news"} 0.0' in lines
    assert 'pauta_guard_last_rollback_timestamp_seconds{use_case="news"} 1.7672256e+09' in lines
    assert not any(line.startswith("pauta_guard_hit_rate{") for line in lines)


@pytest.mark.parametrize("content", ["{", "{}", json.dumps(LOOK | {"hit_rate": "high"})], ids=["cut", "empty", "text"])
def test_a_broken_file_leaves_the_figures_as_they_were(tmp_path: Path, content: str) -> None:
    write(tmp_path)
    metrics = GuardMetrics(tmp_path)
    first = metrics.text()
    (tmp_path / "news" / FILE).write_text(content)
    assert metrics.text() == first
