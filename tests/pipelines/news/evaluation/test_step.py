"""The evaluation steps on a small run: what is measured is what the API would have answered."""

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.measures.evaluation_csv import read_rows
from pipelines.measures.gate import Rule
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.batch_lists import LATER
from pipelines.news.evaluation.step import SIMULATED, evaluate, evaluate_service
from pipelines.news.release.gate import comparisons, gate
from pipelines.news.release.publish import publish
from pipelines.news.split.holdout import hold_out
from pipelines.publishing import promote
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS, Clock
from script_shared.news.model import NewsModel
from script_shared.releases import Releases
from tests.pipelines.news.evaluation.evaluated_runs import (
    again,
    copy_tree,
    evaluation_of,
    expected_by_hand,
    keep_first_hours,
)
from tests.pipelines.news.small_run import USERS, context_of, make, refine
from tests.script_shared.news.test_model import without

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(tmp_path_factory) -> Context:
    """A run that is in service: evaluated, published and promoted by force."""
    context = make(context_of(tmp_path_factory.mktemp("evaluate"), "r1", force="promote"))
    for step in (evaluate, gate, publish, promote):
        step(context)
    return context


def test_the_candidates_figures_are_those_of_the_answers_the_loader_of_the_api_gives(done):
    model = NewsModel.load(done.run.read("assembled") / "holdout")
    model.clock = Clock("data", model.facts["data_end_ms"])
    lists = {f"u{row}": [item.article for item in model.recommend(f"u{row}", 20).items] for row in range(USERS)}
    recall, ndcg = expected_by_hand(done, lists)
    evaluation = evaluation_of(done)
    assert recall > 0
    assert evaluation.figure("candidate", "logged", "recall", 10).value == pytest.approx(recall)
    assert evaluation.figure("candidate", "logged", "ndcg", 10).value == pytest.approx(ndcg)


def test_the_popularity_row_is_the_most_read_of_the_window_without_what_the_user_read(done):
    data = Dataset.load(done.run.read("refined"))
    reads, issued = data.interactions, data.issued_ms
    split = int(reads.time_ms[-1]) - 12 * HOUR_MS
    rows = list(zip(reads.user.tolist(), reads.article.tolist(), reads.time_ms.tolist(), strict=True))
    counts = Counter(article for _, article, time in rows if split - 6 * HOUR_MS < time <= split)
    alive = [row for row in range(data.n_articles) if split - 60 * HOUR_MS <= issued[row] <= split]
    ranking = sorted(alive, key=lambda row: (-counts[row], -issued[row], row))
    lists = {}
    for user in range(data.n_users):
        known = {article for reader, article, time in rows if reader == user and time <= split}
        lists[f"u{user}"] = [row for row in ranking if row not in known]
    recall, ndcg = expected_by_hand(done, lists)
    evaluation = evaluation_of(done)
    assert evaluation.figure("popularity_6h", "logged", "recall", 10).value == pytest.approx(recall)
    assert evaluation.figure("popularity_6h", "logged", "ndcg", 10).value == pytest.approx(ndcg)


def test_all_held_out_users_are_evaluated_each_in_one_segment(done):
    evaluation = evaluation_of(done)
    sizes = [counts["users"] for counts in evaluation.segments.values()]
    assert all(sizes)
    assert sum(sizes) == evaluation.ground_truth["users"] == evaluation.ground_truth["users_evaluated"]
    assert evaluation.figure("candidate", "all", "hr", 5).users == sum(sizes)


def test_the_first_candidate_stands_beside_popularity_alone(done):
    evaluation = evaluation_of(done)
    assert evaluation.models() == ["candidate", "popularity_1h", "popularity_6h", "popularity_24h"]
    assert evaluation.window["protocol"] == "time_split"
    assert evaluation.window["end_ms"] - evaluation.window["start_ms"] == 12 * HOUR_MS


def test_the_files_lie_in_the_run_and_in_the_evaluation_folder_and_rows_in_the_csv(done):
    folder, evaluation_dir = done.run.read("evaluated"), done.settings.evaluation_dir
    assert (evaluation_dir / "news" / "r1.json").read_bytes() == (folder / "metrics.json").read_bytes()
    assert (evaluation_dir / "news" / "r1.html").read_bytes() == (folder / "report.html").read_bytes()
    rows = read_rows(evaluation_dir / "evaluation_metrics.csv")
    assert (rows.protocol == "batch").sum() == 4 * 4 * 6 * 3
    models = 4 + done.run.facts("ranked")["ranker"]  # with a ranker, also the candidate without it
    assert (rows.protocol == "replay").sum() == 4 * models * 3 * 3
    assert set(rows["release"]) == {"r1", ""}


def test_the_facts_hold_the_judged_figure_by_segment_and_model(done):
    facts = done.run.facts("evaluated")
    assert set(facts["ndcg@10"]) == {"logged", "semi_logged", "anonymous", "all"}
    wanted = evaluation_of(done).figure("candidate", "logged", "ndcg", 10).value
    assert facts["ndcg@10"]["logged"]["candidate"] == pytest.approx(wanted, abs=1e-5)


def test_a_release_brought_back_to_the_moment_of_its_own_training_has_its_candidates_figures(done, tmp_path):
    context = again(done, tmp_path)
    facts = evaluate_service(context)
    content = json.loads((tmp_path / "news" / "service.json").read_text())
    assert content["sentence"] == facts["standing"]
    assert facts["standing"].startswith("Release r1 ")
    sources = [each for each in content["standings"] if each["kind"] == "source"]
    assert sum(each["clicks"] for each in sources) == content["standings"][0]["clicks"] > 0
    assert facts["standing"] in (context.run.read("evaluated_service") / "report.html").read_text()
    assert len(list((tmp_path / "news" / "answers").glob("*.parquet"))) == 1
    service, candidate = evaluation_of(context, "evaluated_service"), evaluation_of(done)
    assert service.kind == "service"
    assert service.models()[0] == "in_service"
    assert service.releases == {"in_service": "r1"}
    for segment in ("logged", "semi_logged", "anonymous"):
        ours = service.figure("in_service", segment, "ndcg", 10)
        assert ours.value == candidate.figure("candidate", segment, "ndcg", 10).value
    assert {gap.reference for gap in service.differences} == {"popularity_1h", "popularity_6h", "popularity_24h"}


def test_evaluating_the_service_leaves_the_evaluation_of_the_runs_candidate_alone(done):
    evaluate_service(done)
    assert evaluation_of(done).kind == "candidate"
    rows = read_rows(done.settings.evaluation_dir / "evaluation_metrics.csv")
    assert set(rows["run_id"]) == {"r1", "r1.service"}
    names = {path.name for path in (done.settings.evaluation_dir / "news").iterdir()}
    assert {"r1.json", "r1.html", "r1.service.json", "r1.service.html"} <= names


def test_a_later_candidate_stands_beside_the_release_in_service_on_the_same_users(done, tmp_path):
    root = done.settings.data_dir.parent
    later = again(make(context_of(root, "r2"), seed=2), tmp_path)
    evaluate(later)
    evaluation = evaluation_of(later)
    assert evaluation.models()[:2] == ["candidate", "in_service"]
    assert evaluation.releases == {"candidate": "r2", "in_service": "r1"}
    ours, theirs = (evaluation.figure(model, "all", "ndcg", 10) for model in ("candidate", "in_service"))
    assert ours.users == theirs.users
    gap = evaluation.difference("in_service", "all", "ndcg", 10)
    assert gap.value == pytest.approx(ours.value - theirs.value)
    assert gap.low <= gap.value <= gap.high
    reasons = gate(later)["reasons"]
    assert any("of the release in service (r1)" in reason for reason in reasons)


def test_releases_in_service_before_are_measured_again_on_the_same_window(done, tmp_path):
    root = done.settings.data_dir.parent
    copy_tree(root / "models", tmp_path / "models")
    releases = Releases(f"{tmp_path / 'models'}/news", tmp_path / "cache")
    release = releases.fetch("r1")
    releases.publish(release, "r2", {"gate": {"best": {"logged": "r1"}}})
    releases.publish(release, "r3", {"gate": {"best": {"logged": "r1"}}})
    for version in ("r2", "r3"):
        releases.promote(version, "for the test")
    context = again(done, tmp_path, models_uri=str(tmp_path / "models"))
    evaluate(context)
    evaluation = evaluation_of(context)
    assert evaluation.releases == {"candidate": "r1", "in_service": "r3", "earlier_1": "r1", "earlier_2": "r2"}
    for of in (evaluation, evaluation.by_click()):
        values = {model: of.figure(model, "all", "ndcg", 10).value for model in evaluation.releases}
        assert values["in_service"] == values["earlier_1"] == values["earlier_2"] > 0
    assert "earlier release 1" in (tmp_path / "news" / "r1.html").read_text()
    evaluate(done)


def test_a_damaged_release_in_service_is_noted_as_missing_and_the_gate_refuses(done, tmp_path):
    root = done.settings.data_dir.parent
    models = tmp_path / "models"
    copy_tree(root / "models", models)
    for path in models.rglob("model.json"):
        path.write_text("{")
    context = again(done, tmp_path / "evaluation", models_uri=str(models))
    context = replace(context, options=replace(context.options, force=None))
    evaluate(context)
    evaluation = evaluation_of(context)
    assert "in_service" not in evaluation.models()
    assert "model.json" in evaluation.missing["in_service"]
    verdict = gate(context)
    assert verdict["accepted"] is False
    assert "release in service (r1) is missing" in verdict["reasons"][0]
    evaluate(done)
    gate(done)


def test_a_release_in_service_made_before_a_segment_was_added_does_not_lock_the_gate(done, tmp_path):
    older = without(Path(shutil.copytree(done.run.read("assembled") / "release", tmp_path / "older")), "semi_logged")
    releases = Releases(f"{tmp_path / 'models'}/news", tmp_path / "cache")
    releases.publish(older, "before", {})
    releases.promote("before", "for the test")
    context = again(done, tmp_path / "evaluation", models_uri=str(tmp_path / "models"))
    evaluate(context)
    evaluation = evaluation_of(context)
    assert evaluation.lacking == ["semi_logged"]
    assert any("before there was a segment semi_logged" in note for note in evaluation.notes)
    assert evaluation.figure("in_service", "semi_logged", "ndcg", 10).users > 0  # as its readers are served today
    compared = comparisons(evaluation, Rule("ndcg", 10, 0.05, 10))
    held = {c.segment for c in compared if c.reference.startswith("release in service")}
    assert held == {"logged", "anonymous"}
    assert gate(context)["in_service"] == "before"
    assert not any("missing" in reason for reason in gate(context)["reasons"])
    evaluate(done)
    gate(done)


def test_figures_that_rest_on_a_simulated_login_flag_say_so(done, tmp_path):
    context = again(done, tmp_path)
    with context.run.write("refined") as (folder, facts):
        old = context.run.folder("refined")
        for path in old.glob("*.parquet"):
            (folder / path.name).write_bytes(path.read_bytes())
        facts.update(json.loads((old / "_manifest.json").read_text()), login_flag="simulated")
    evaluate_service(context)
    assert evaluation_of(context, "evaluated_service").notes == [SIMULATED]
    assert "simulated by a stable draw" in (tmp_path / "news" / "r1.service.html").read_text()


def test_a_release_made_from_later_data_is_said_to_be_flattered(done, tmp_path):
    context = replace(again(done, tmp_path), run=replace(done.run, run_id="earlier"))
    refine(context, seed=1)
    with context.run.write("refined") as (folder, facts):
        keep_first_hours(done.run.read("refined"), folder, 60)
        facts["source"] = "sample"
    evaluate_service(context)
    assert evaluation_of(context, "evaluated_service").notes == [LATER]


def test_a_seeded_draw_of_users_can_be_asked_for(done):
    params = context_of(Path("/nowhere"), "x", "evaluation.max_users = 25").params
    data = Dataset.load(done.run.read("refined"))
    drawn, everybody = hold_out(data, params), hold_out(data, done.params)
    assert len(drawn.truth.users) == drawn.truth.reads.shape[0] == 25
    assert drawn.users_before_sampling == len(everybody.truth.users)
    assert np.array_equal(drawn.truth.users, hold_out(data, params).truth.users)
    place = {int(user): row for row, user in enumerate(everybody.truth.users)}
    for row, user in enumerate(drawn.truth.users):
        same = everybody.truth.reads[[place[int(user)]]].indices
        assert sorted(drawn.truth.reads[[row]].indices) == sorted(same)
