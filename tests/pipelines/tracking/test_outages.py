"""Whatever the order of outages, MLflow ends up the same."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.tracking.reconcile import reconcile
from script_shared.settings import Settings
from tests.pipelines.tracking.made import context_of, settings_of, train, whole
from tests.pipelines.tracking.seen import registry, runs

pytestmark = pytest.mark.slow

NOWHERE = "http://127.0.0.1:9"  # the port of "discard": nothing answers


def steps(at: Settings) -> list[Callable[[], object]]:
    """What happens on the platform, in order."""
    releases = context_of(at, "any").releases
    return [
        lambda: whole(at, "r1"),
        lambda: releases.promote("r1", "gate"),
        lambda: train(at, "failed", 50),
        lambda: whole(at, "r2", 100),
        lambda: releases.promote("r2", "gate"),
        lambda: whole(at, "r3", 200, accepted=False),
        lambda: releases.rollback("stale"),
    ]


def lived_through(empty: Path, answers: list[bool]) -> tuple[dict[str, Any], dict[str, str]]:
    """The registry and the states of the runs, when MLflow answered after some of the steps, and at the end."""
    with tempfile.TemporaryDirectory() as folder:
        up, down = settings_of(Path(folder), "embedded"), settings_of(Path(folder), NOWHERE)
        file = up.data_dir / "mlflow" / "mlflow.db"
        file.parent.mkdir(parents=True)
        shutil.copyfile(empty, file)
        for step, answer in zip(steps(up), answers, strict=True):
            step()
            outcome = reconcile(up if answer else down, "news")
            assert bool(outcome.problem) is not answer
        assert reconcile(up, "news").problem == ""
        address = str(up.mlflow_address)
        return registry(address), {name: run.info.status for name, run in runs(address).items()}


@settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(answers=st.lists(st.booleans(), min_size=7, max_size=7))
@example(answers=[True] * 7)
@example(answers=[False] * 7)
def test_any_order_of_outages_ends_in_the_same_registry(answers: list[bool], empty_store: Path) -> None:
    seen, states = lived_through(empty_store, answers)
    assert seen["aliases"] == {"production": "r1", "candidate": "r3"}
    assert seen["order"] == ["r1", "r2", "r3"]
    assert {name: run for name, (run, _) in seen["releases"].items()} == {"r1": "r1", "r2": "r2", "r3": "r3"}
    assert states == {"r1": "FINISHED", "r2": "FINISHED", "r3": "FINISHED", "failed": "FAILED"}
    assert {tags["available"] for _, tags in seen["releases"].values()} == {"yes"}
