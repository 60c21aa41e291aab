"""What drift means for the model, and figures that end when nothing can be compared."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.metrics.reports.drift_metrics import DriftMetrics
from pipelines.drift import SERVED, Drift, compare, write_figures
from pipelines.drift.model import ModelFigures, figures_of


def row(run_id: str, model: str, value: float, release: str = "", **more: Any) -> dict[str, str]:
    plain = {"segment": "all", "metric": "hr", "cutoff": "10", "protocol": "replay", "evaluated_at": f"{run_id} at"}
    interval = {"low": str(value - 0.02), "high": str(value + 0.02)}
    found = {"run_id": run_id, "model": model, "release": release, "value": str(value), **interval, **plain, **more}
    return {name: str(value) for name, value in found.items()}


OWN = row("r1", "candidate", 0.20, "v1")


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (0.10, "is worse than when it was trained, beyond chance: hr@10 is 0.100, it was 0.200"),
        (0.19, "is not measurably worse than when it was trained"),
        (0.30, "is not measurably worse than when it was trained"),
    ],
)
def test_the_release_is_compared_with_its_own_figure_at_training(now: float, says: str) -> None:
    older = row("r2", "in_service", 0.9, "v1")
    others = [row("r3", "popularity_1h", 0.5), row("r3", "in_service", 0.4, "v0"), row("r0", "candidate", 0.7, "v0")]
    model = figures_of([OWN, older, *others, row("r3", "in_service", now, "v1")], "v1", "r1")
    assert (model.now_of, model.now_at) == ("release", "r3 at")
    assert says in model.sentence(alarm=True)
    assert model.sentence(alarm=True).startswith("The data differ largely; release v1")


def test_a_figure_of_which_less_is_better_is_worse_when_it_rises() -> None:
    own, now = (row(run, of, value, "v1", metric="brier", cutoff="", protocol="days")
                for run, of, value in (("r1", "candidate", 0.1), ("r2", "in_service", 0.3)))  # fmt: skip
    assert "is worse" in figures_of([own, now], "v1", "r1").sentence(alarm=False)


def test_where_the_release_was_not_measured_again_a_later_candidate_is_shown_and_said_to_be_another() -> None:
    model = figures_of([OWN, row("r2", "candidate", 0.1, "v2")], "v1", "r1")
    assert model.now_of == "candidate"
    assert "release v1 was not measured again, but a model trained since was: hr@10 is 0.100" in model.sentence(
        alarm=True
    )


@pytest.mark.parametrize(("release", "says"), [("v1", "is unknown"), ("", "no release is in service")])
def test_without_figures_the_sentence_says_so(release: str, says: str) -> None:
    assert says in figures_of([], release, "r1").sentence(alarm=True)


def drift(seed: int = 0) -> Drift:
    table = pl.DataFrame({"age": [float(value % (9 + seed)) for value in range(200)]})
    return compare(table, table, names=("before", "now"), numbers=["age"], used=["age"])


def test_when_nothing_can_be_compared_the_figures_of_an_earlier_comparison_end(tmp_path: Path) -> None:
    metrics = DriftMetrics(tmp_path)
    folder = tmp_path / "news"
    both = {"long_term": drift(), "short_term": drift()}
    path = write_figures(folder, both, "r1", model=ModelFigures("v1"))
    assert metrics.figures("news") is not None
    assert b'pauta_drift_columns{level="large",reference="long_term"' in metrics.text()
    write_figures(folder, {}, "r2")
    assert not path.exists()
    assert metrics.figures("news") is None
    assert b"pauta_drift_columns{" not in metrics.text()


def test_comparisons_of_data_and_of_answers_replace_only_themselves(tmp_path: Path) -> None:
    write_figures(tmp_path, {"long_term": drift()}, "r1", model=ModelFigures("v1"))
    path = write_figures(tmp_path, {"served_long_term": drift()}, "r1.service", names=SERVED)
    assert set(json.loads(path.read_text())["comparisons"]) == {"long_term", "served_long_term"}
    assert json.loads(path.read_text())["model"]["release"] == "v1"
    write_figures(tmp_path, {}, "r2")
    assert set(json.loads(path.read_text())["comparisons"]) == {"served_long_term"}
    write_figures(tmp_path, {}, "r2.service", names=SERVED)
    assert not path.exists()
