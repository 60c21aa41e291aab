"""The figures of a replay are the same with one process and with two."""

from pathlib import Path

import pytest

from pipelines.news.evaluation import by_click
from pipelines.news.evaluation.step import evaluate
from pipelines.news.replay.models import LISTED, WITHOUT
from tests.pipelines.news.evaluation.evaluated_runs import evaluation_of
from tests.pipelines.news.training.ranked_run import ranked
from tests.pipelines.two_cores import two_cores


@pytest.mark.slow
def test_two_processes_measure_what_one_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = two_cores(monkeypatch)
    context = ranked(tmp_path, "evaluation.replayed_clicks = 300")
    evaluate(context)
    one = evaluation_of(context).replayed
    assert not started
    monkeypatch.setattr(by_click, "FEW_CLICKS", 0)
    evaluate(context)
    two = evaluation_of(context).replayed
    assert started == ["prepare", "ranks_of_run"]
    assert one is not None
    names = [figure.model for figure in one.figures]
    assert {"candidate", WITHOUT, LISTED} < set(names)
    assert two == one
