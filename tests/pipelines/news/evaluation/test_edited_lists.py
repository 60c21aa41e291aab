"""The evaluation of a run whose window had rules of the editors."""

import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.step import evaluate
from script_shared.events import EventLog
from script_shared.news.rules.rule_store import RuleStore
from tests.pipelines.news.evaluation.evaluated_runs import again, evaluation_of
from tests.pipelines.news.small_run import context_of, make
from tests.script_shared.news.rules.rules_made import rule

pytestmark = pytest.mark.slow


def test_the_replay_has_a_figure_with_the_rules_of_the_editors_beside_the_one_without(tmp_path):
    done = make(context_of(tmp_path, "r1"))
    evaluate(done)
    assert "with_rules" not in evaluation_of(done).by_click().models()
    address, start_ms = f"sqlite:///{tmp_path / 'events.db'}", evaluation_of(done).window["start_ms"]
    log = EventLog(address)
    for article in Dataset.load(done.run.read("refined")).articles["article_id"].to_list()[::2]:
        RuleStore(log.rules).add(rule("take_down", f"article {article}", start_ms=start_ms - 1000), "token:ana")
    log.close()
    context = again(done, tmp_path / "edited", events_uri=address)
    evaluate(context)
    found = evaluation_of(context).by_click()
    ruled, candidate = (found.figure(model, "all", "hr", 10).value for model in ("with_rules", "candidate"))
    assert 0 < ruled < candidate
