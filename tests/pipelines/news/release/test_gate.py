"""The gate as a step of a run: what it compares with, what it records."""

import json

import pytest

from pipelines.measures.figures import Difference, Figure
from pipelines.measures.gate import Rule
from pipelines.news.release.gate import FIRST, UNKNOWN, click_comparisons, comparisons, gate
from pipelines.news.replay.figures import ReplayResult
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.errors import RunError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.evaluations import MISSING, made_up

RULE = Rule("ndcg", 10, 0.05, 50)


def gated(tmp_path, evaluation, force=None):
    run = Run(tmp_path / "news", "r1")
    with run.write("evaluated") as (folder, _):
        (folder / "metrics.json").write_text(evaluation.as_json())
    context = Context(Settings(), load_params(NewsParams, FILE), run, Options(force=force))
    facts = gate(context)
    return facts, json.loads((run.read("gated") / "verdict.json").read_text())


def test_the_candidate_is_held_against_the_release_in_service_and_the_best_popularity_of_each_segment():
    evaluation = made_up(
        {
            "candidate": {},
            "in_service": {},
            "popularity_1h": {"logged": 0.3, "anonymous": 0.1},
            "popularity_24h": {"logged": 0.2, "anonymous": 0.4},
        }
    )
    found = [(c.segment, c.reference) for c in comparisons(evaluation, RULE) if c.segment != "semi_logged"]
    assert found == [
        ("logged", "release in service (r0)"),
        ("logged", "best popularity (most read, 1h)"),
        ("anonymous", "release in service (r0)"),
        ("anonymous", "best popularity (most read, 24h)"),
    ]


def test_a_better_candidate_is_accepted_and_the_verdict_is_kept_with_its_figures(tmp_path):
    values = {"candidate": {"logged": 0.2, "semi_logged": 0.2, "anonymous": 0.2}, "in_service": {}, "popularity_1h": {}}
    facts, verdict = gated(tmp_path, made_up(values))
    assert facts["accepted"] is True
    assert facts["in_service"] == "r0"
    assert verdict["accepted"] is True
    assert verdict["forced"] is None
    assert verdict["reasons"] == facts["reasons"]
    assert len(verdict["comparisons"]) == 6
    assert verdict["comparisons"][0]["low"] == pytest.approx(0.095)


def test_a_candidate_that_loses_one_segment_to_popularity_is_refused_without_an_error(tmp_path):
    values = {"candidate": {"logged": 0.2}, "popularity_1h": {"anonymous": 0.15}}
    facts, _ = gated(tmp_path, made_up(values))
    assert facts["accepted"] is False
    assert facts["reasons"][0].startswith(
        "anonymous: ndcg@10 0.1000 against 0.1500 of the best popularity (most read, 1h)"
    )
    assert "-0.0550 to -0.0450" in facts["reasons"][0]


def test_the_first_candidate_is_held_against_popularity_alone_and_that_is_said(tmp_path):
    facts, _ = gated(tmp_path, made_up({"candidate": {}, "popularity_1h": {}}))
    assert facts["accepted"] is True
    assert facts["reasons"][-1] == FIRST


def test_a_release_in_service_that_could_not_be_evaluated_refuses_the_candidate_and_says_why(tmp_path):
    evaluation = made_up(
        {"candidate": {}, "popularity_1h": {}},
        releases={"candidate": "r1", "in_service": "r0"},
        missing={"in_service": "model.json is damaged."},
    )
    facts, verdict = gated(tmp_path, evaluation)
    assert facts["accepted"] is False
    assert "the release in service (r0) is missing (model.json is damaged.)" in facts["reasons"][0]
    assert verdict["comparisons"][0]["value"] is None


def test_a_segment_that_the_release_in_service_lacks_is_held_against_popularity_alone_and_that_is_said(tmp_path):
    values = {"candidate": {}, "in_service": {"semi_logged": 0.9}, "popularity_1h": {}}
    facts, verdict = gated(tmp_path, made_up(values, lacking=["semi_logged"]))
    assert facts["accepted"] is True
    assert facts["reasons"][-1] == UNKNOWN.format("semi_logged")
    found = [(c["segment"], c["reference"]) for c in verdict["comparisons"]]
    assert ("logged", "release in service (r0)") in found
    assert [reference for segment, reference in found if segment == "semi_logged"] == [
        "best popularity (most read, 1h)"
    ]
    assert gated(tmp_path / "known", made_up(values))[0]["accepted"] is False


def test_missing_figures_of_the_candidate_or_of_all_popularity_rows_refuse(tmp_path):
    candidate = made_up({"candidate": {"logged": MISSING}, "popularity_1h": {}})
    assert gated(tmp_path / "a", candidate)[0]["accepted"] is False
    popularity = made_up({"candidate": {}, "popularity_1h": {"logged": MISSING}})
    facts, _ = gated(tmp_path / "b", popularity)
    assert facts["accepted"] is False
    assert "windowed popularity is missing" in facts["reasons"][0]


@pytest.mark.parametrize("force", ["promote", "refuse"])
def test_a_persons_choice_is_recorded_with_the_verdict(tmp_path, force):
    value = 0.05 if force == "promote" else 0.2
    facts, verdict = gated(
        tmp_path, made_up({"candidate": dict.fromkeys(("logged",), value), "popularity_1h": {}}), force
    )
    assert facts["accepted"] is (force == "promote")
    assert facts["forced"] == verdict["forced"] == force
    assert verdict["by_figures"] is (force == "refuse")
    assert len(facts["reasons"]) > 3


def test_a_run_that_was_not_evaluated_cannot_be_judged(tmp_path):
    context = Context(Settings(), load_params(NewsParams, FILE), Run(tmp_path, "r1"))
    with pytest.raises(RunError, match=r"does not exist|folder evaluated is missing"):
        gate(context)


def replayed(values, low=0.01):
    """A replay in which NDCG@10 of each model is given by segment; the candidate's lead has the interval low to 0.2."""
    names = ("logged", "semi_logged", "anonymous")
    figures = [
        Figure(model, segment, "ndcg", 10, value.get(segment, 0.2), 0.0, 1.0, 300)
        for model, value in values.items()
        for segment in names
    ]
    differences = [
        Difference("candidate", model, segment, "ndcg", 10, 0.1, low, 0.2)
        for model in values
        for segment in names
        if model != "candidate"
    ]
    counts = {name: {"clicks": 900, "asked": 400, "users": 300} for name in names}
    return ReplayResult(figures, differences, counts, 5)


def better(**changes):
    lists = {"candidate": dict.fromkeys(("logged", "semi_logged", "anonymous"), 0.2), "popularity_1h": {}}
    return made_up(lists, **changes)


def test_a_candidate_that_beats_the_most_read_click_by_click_is_accepted(tmp_path):
    clicks = replayed({"candidate": {}, "most_read_10m": dict.fromkeys(("logged", "semi_logged", "anonymous"), 0.1)})
    facts, verdict = gated(tmp_path, better(replayed=clicks))
    assert facts["accepted"] is True
    told = [c for c in verdict["comparisons"] if c["protocol"] == "click by click"]
    assert [(c["segment"], c["beat"], c["users"]) for c in told] == [
        ("logged", True, 300),
        ("semi_logged", True, 300),
        ("anonymous", True, 300),
    ]


def test_one_segment_that_does_not_beat_the_most_read_refuses_a_candidate_whose_lists_are_better(tmp_path):
    low = {"logged": 0.1, "semi_logged": 0.1, "anonymous": 0.25}
    facts, _ = gated(tmp_path, better(replayed=replayed({"candidate": {}, "most_read_10m": low})))
    assert facts["accepted"] is False
    assert facts["reasons"][0].startswith("anonymous, click by click: ndcg@10 0.2000 against 0.2500 of the most read")


def test_a_lead_that_may_be_chance_is_accepted_and_told(tmp_path):
    clicks = replayed(
        {"candidate": {}, "most_read_10m": dict.fromkeys(("logged", "semi_logged", "anonymous"), 0.19)}, low=-0.01
    )
    facts, _ = gated(tmp_path, better(replayed=clicks))
    assert facts["accepted"] is True
    assert sum("may be chance" in reason for reason in facts["reasons"]) == 3


def test_click_by_click_a_candidate_is_also_held_against_the_release_in_service(tmp_path):
    clicks = replayed({"candidate": {"logged": 0.1}, "in_service": {"logged": 0.3}, "most_read_10m": {"logged": 0.0}})
    evaluation = better(replayed=clicks, releases={"candidate": "r1", "in_service": "r0"})
    found = click_comparisons(evaluation, RULE, ["most_read_10m"])
    assert [(c.reference, c.beat) for c in found if c.segment == "logged"] == [
        ("release in service (r0)", False),
        ("most read, 10m", True),
    ]


def test_without_a_replay_only_the_lists_are_compared():
    assert click_comparisons(better(), RULE, ["most_read_10m"]) == []
