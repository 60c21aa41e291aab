"""What is recorded of a training, out of its folders."""

import json
import shutil
import time
from pathlib import Path

import pytest

from pipelines.news.release.training_record import record_of, trained_runs
from pipelines.tracking.record import Record
from pipelines.use_case import Context
from script_shared.settings import Settings
from tests.pipelines.tracking.made import MOMENT, REASONS, context_of, finish, judge, publish, settings_of, train, whole


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path)


def recorded(context: Context, *, over: bool = False) -> Record:
    record = record_of(context.run, context.releases, over=over)
    assert record is not None
    return record


def test_a_whole_training_is_recorded_with_params_figures_verdict_release_and_pages(settings: Settings) -> None:
    record = recorded(whole(settings, "r1"))
    assert (record.key, record.run_id, record.state) == (f"r1@{MOMENT}", "r1", "finished")
    assert (record.started_ms, record.ended_ms) == (1_000 * MOMENT - 2_500, 1_000 * (MOMENT + 4))
    assert record.params["logged.als.factors"] == "64"
    assert record.params["gate.metric"] == "ndcg"
    assert record.metrics["logged/ndcg_at_10"] == 0.3
    assert record.metrics["logged/ndcg_at_10_low"] == pytest.approx(0.29)
    assert record.metrics["logged/popularity_1h/ndcg_at_10"] == 0.2
    assert record.metrics["anonymous/mrr_at_10"] == 0.1
    assert record.metrics["replay/logged/ndcg_at_10"] == 0.5
    assert record.metrics["replay/logged/popularity_1h/ndcg_at_10"] == 0.1
    assert record.metrics["training/ranker_seconds"] == 4
    assert record.tags["pauta.ranker"] == "no: too few clicks"
    assert record.metrics["data/interactions"] == 400
    assert record.metrics["training/semi_logged_seconds"] == 2.5
    assert record.tags["pauta.gate"] == "accepted"
    assert REASONS[0] in record.tags["mlflow.note.content"]
    assert record.data == {"source": "sample", "fingerprint": "sample:12ab"}
    assert record.release is not None
    assert record.release.uri == f"{settings.models_uri}/news/releases/r1"
    assert sorted(record.files) == [
        "data-card.html",
        "evaluation/metrics.json",
        "evaluation/report.html",
        "gate/verdict.json",
        "params.json",
    ]


def test_a_figure_that_is_missing_is_left_out_and_other_models_show_only_what_is_judged(settings: Settings) -> None:
    metrics = recorded(whole(settings, "r1")).metrics
    assert "all/popularity_1h/ndcg_at_10" not in metrics
    assert "logged/popularity_1h/mrr_at_10" not in metrics
    assert "logged/mrr_at_10_low" not in metrics


def test_a_run_in_which_nothing_was_trained_makes_no_record(settings: Settings) -> None:
    context = context_of(settings, "r1")
    finish(context.run, "refined", 0)
    assert record_of(context.run, context.releases) is None
    assert trained_runs(context.run.root) == []


def test_a_run_that_stopped_is_failed_when_it_is_over_marked_or_old_and_running_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = train(settings, "r1", at=1)
    monkeypatch.setattr(time, "time", lambda: MOMENT + 3_000.0)
    assert recorded(context).state == "running"
    assert recorded(context, over=True).state == "failed"
    finish(context.run, "tracked", 0)
    assert recorded(context).state == "running"  # the mark is of an earlier training
    finish(context.run, "tracked", 1)
    assert recorded(context).state == "failed"
    finish(context.run, "tracked", 0)
    monkeypatch.setattr(time, "time", lambda: MOMENT + 3_700.0)
    assert recorded(context).state == "failed"


def test_what_an_earlier_training_of_the_same_run_left_is_not_taken_for_the_later_ones(settings: Settings) -> None:
    before = recorded(whole(settings, "r1"))
    after = recorded(train(settings, "r1", at=60))
    assert before.key != after.key
    assert after.release is None
    assert "logged/ndcg_at_10" not in after.metrics
    assert "evaluation/report.html" not in after.files
    assert after.tags["pauta.last_step"].startswith("trained: ")


def test_a_training_of_some_segments_alone_has_no_later_steps(settings: Settings) -> None:
    context = context_of(settings, "r1")
    finish(context.run, "trained", 0, None, "logged", seconds=1)
    judge(context)
    assert recorded(context, over=True).tags["pauta.last_step"] == "trained: logged"


def test_an_evaluation_done_again_belongs_to_the_same_training_and_what_followed_the_first_is_void(
    settings: Settings,
) -> None:
    context = whole(settings, "r1")
    finish(
        context.run, "evaluated", 50, {"metrics.json": (context.run.folder("evaluated") / "metrics.json").read_text()}
    )
    record = recorded(context, over=True)
    assert record.key == f"r1@{MOMENT}"
    assert (record.state, record.tags["pauta.last_step"]) == ("failed", "evaluated")


def test_a_run_from_before_a_step_was_added_is_still_finished(settings: Settings) -> None:
    context = whole(settings, "r1")
    shutil.rmtree(context.run.folder("ranked"))
    assert recorded(context).state == "finished"


def test_a_release_that_was_deleted_leaves_the_record_without_one(settings: Settings) -> None:
    context = judge(train(settings, "r1"))
    publish(context)
    manifest = Path(settings.models_uri) / "news" / "releases" / "r1" / "manifest.json"
    manifest.unlink()
    record = recorded(context)
    assert (record.state, record.release) == ("finished", None)


def test_the_digest_changes_with_a_value_and_with_a_byte_of_a_file(settings: Settings) -> None:
    context = whole(settings, "r1")
    first = recorded(context).digest()
    assert recorded(context).digest() == first
    page = context.run.folder("evaluated") / "report.html"
    page.write_text("<p>other")
    second = recorded(context).digest()
    finish(context.run, "refined", -30, users=21)
    assert len({first, second, recorded(context).digest()}) == 3


def test_nothing_in_a_record_is_taken_from_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAUTA_ADMIN_TOKEN", "hush-hush-hush-hush")
    assert "hush-hush-hush-hush" not in json.dumps(json.loads(recorded(whole(settings, "r1")).as_json()))
