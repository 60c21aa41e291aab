"""The gate's decision, from figures alone."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.measures.gate import Comparison, Rule, judge

RULE = Rule("ndcg", 10, tolerance=0.05, min_users=50)


def against(
    candidate: float, value: float, *, users: int = 1000, segment: str = "logged", note: str = ""
) -> Comparison:
    difference = candidate - value
    return Comparison(
        segment, "release in service", candidate, value, users, difference - 0.004, difference + 0.004, note
    )


def test_a_better_candidate_is_accepted_and_the_reason_gives_the_figures():
    verdict = judge([against(0.22, 0.20)], RULE)
    assert verdict.accepted
    assert verdict.reasons == (
        "logged: ndcg@10 0.2200 against 0.2000 of the release in service, +10.0 % "
        "(95 % of the difference +0.0160 to +0.0240, 1,000 users), not worse than the tolerance of 5 % allows.",
    )


def test_a_candidate_worse_by_less_than_the_tolerance_is_accepted():
    assert judge([against(0.191, 0.20)], RULE).accepted


def test_a_candidate_worse_by_more_than_the_tolerance_is_refused():
    verdict = judge([against(0.189, 0.20)], RULE)
    assert not verdict.accepted
    assert ", worse than the tolerance of 5 % allows" in verdict.reasons[0]


def test_a_loss_that_may_be_chance_does_not_refuse_and_is_told():
    verdict = judge([Comparison("anonymous", "best popularity", 0.0135, 0.0150, 1300, -0.0041, 0.0011)], RULE)
    assert verdict.accepted
    assert "worse than the tolerance of 5 % allows, but that may be chance" in verdict.reasons[0]


def test_without_an_interval_the_figures_alone_decide():
    assert not judge([Comparison("anonymous", "best popularity", 0.0135, 0.0150, 1300)], RULE).accepted


def test_one_bad_segment_refuses_the_whole_candidate_and_stands_first():
    verdict = judge([against(0.3, 0.2), against(0.1, 0.2, segment="anonymous")], RULE)
    assert not verdict.accepted
    assert verdict.reasons[0].startswith("anonymous: ")
    assert verdict.reasons[1].startswith("logged: ")


@pytest.mark.parametrize(("candidate", "value", "whose"), [(nan, 0.2, "candidate"), (0.2, nan, "release in service")])
def test_a_missing_figure_is_never_a_pass(candidate, value, whose):
    verdict = judge([against(candidate, value, note="it could not be loaded"), against(0.3, 0.2)], RULE)
    assert not verdict.accepted
    assert verdict.reasons[0] == (
        f"logged: ndcg@10 of the {whose} is missing (it could not be loaded); a missing figure is no pass."
    )


def test_a_segment_with_too_few_users_is_not_judged_and_says_so():
    verdict = judge([against(0.0, 0.2, users=49, segment="anonymous"), against(0.3, 0.2)], RULE)
    assert verdict.accepted
    assert verdict.reasons[1] == "anonymous: 49 evaluated users, fewer than 50; not judged."


def test_a_segment_with_too_few_users_is_named_once_however_many_references_there_are():
    few = [against(0.0, value, users=49, segment="anonymous") for value in (0.1, 0.2, 0.3)]
    assert len(judge([*few, against(0.3, 0.2)], RULE).reasons) == 2


@pytest.mark.parametrize("comparisons", [[], [against(0.3, 0.2, users=3)]])
def test_when_nothing_can_be_judged_the_candidate_is_refused(comparisons):
    verdict = judge(comparisons, RULE)
    assert not verdict.accepted
    assert verdict.reasons[0].startswith("Nothing could be judged")


@pytest.mark.parametrize(("force", "candidate"), [("promote", 0.1), ("refuse", 0.3)])
def test_a_person_can_force_either_way_and_what_the_figures_say_is_kept(force, candidate):
    verdict = judge([against(candidate, 0.2)], RULE, force)
    assert verdict.accepted is (force == "promote")
    assert verdict.forced == force
    assert verdict.by_figures is (force == "refuse")
    told = "accept" if verdict.by_figures else "refuse"
    assert verdict.reasons[0] == f"A person chose to {force} it; the figures alone say {told}."
    assert len(verdict.reasons) == 2


def test_a_reference_without_a_single_hit_is_matched_by_anything():
    verdict = judge([against(0.0, 0.0)], RULE)
    assert verdict.accepted
    assert "0.0000 against 0.0000" in verdict.reasons[0]


figures = st.floats(0, 1)


@given(figures, figures, st.floats(0, 0.5), st.floats(0, 0.2))
def test_raising_the_candidate_never_turns_an_acceptance_into_a_refusal(candidate, value, tolerance, gain):
    rule = Rule("ndcg", 10, tolerance, 0)
    if judge([against(candidate, value)], rule).accepted:
        assert judge([against(candidate + gain, value)], rule).accepted


def beaten(candidate: float, value: float, low: float, high: float, users: int = 400) -> Comparison:
    return Comparison(
        "anonymous", "most read, 10m", candidate, value, users, low, high, protocol="click by click", beat=True
    )


def test_a_reference_that_has_to_be_beaten_is_beaten_beyond_chance_and_told():
    verdict = judge([beaten(0.22, 0.17, 0.02, 0.08)], RULE)
    assert verdict.accepted
    assert verdict.reasons == (
        "anonymous, click by click: ndcg@10 0.2200 against 0.1700 of the most read, 10m, +29.4 % "
        "(95 % of the difference +0.0200 to +0.0800, 400 users), better beyond chance.",
    )


@pytest.mark.parametrize(
    "comparison",
    [beaten(0.17, 0.17, 0.0, 0.0), beaten(0.169, 0.17, -0.01, 0.008)],
    ids=["equal", "a little worse"],
)
def test_a_reference_that_has_to_be_beaten_and_is_not_refuses(comparison):
    verdict = judge([against(0.3, 0.2), comparison], RULE)
    assert not verdict.accepted
    assert verdict.reasons[0].endswith("not better, as it has to be.")


@pytest.mark.parametrize(
    ("high", "users", "accepted"), [(0.008, 199, True), (0.0, 199, True), (-0.001, 199, False), (0.008, 200, False)]
)
def test_of_few_users_a_reference_that_is_not_beaten_refuses_only_beyond_chance(high, users, accepted):
    verdict = judge([against(0.3, 0.2), beaten(0.169, 0.17, -0.01, high, users=users)], RULE)
    assert verdict.accepted is accepted
    assert ("with so few users that may be chance" in verdict.reasons[0]) is accepted


def test_a_lead_that_may_be_chance_is_a_lead_and_told_as_one():
    verdict = judge([beaten(0.18, 0.17, -0.01, 0.03)], RULE)
    assert verdict.accepted
    assert verdict.reasons[0].endswith("better, but that may be chance: the interval holds zero.")


def test_where_the_interval_is_missing_a_higher_figure_beats():
    assert judge([beaten(0.18, 0.17, nan, nan)], RULE).accepted
    assert not judge([beaten(0.17, 0.17, nan, nan)], RULE).accepted


def test_a_missing_figure_beats_nothing_and_too_few_readers_are_not_judged():
    assert not judge([beaten(nan, 0.17, nan, nan)], RULE).accepted
    assert judge([against(0.3, 0.2), beaten(0.1, 0.2, -0.2, -0.05, users=49)], RULE).accepted


def test_limits_belong_to_the_better_side():
    assert judge([against(0.3, 0.2, users=50)], RULE).accepted, "as many users as the rule needs are enough"
    assert judge([Comparison("logged", "most read", 0.5, 1.0, 99)], Rule("ndcg", 10, 0.5, 50)).accepted
    touched = Comparison("anonymous", "most read", 0.01, 0.02, 99, -0.02, 0.0)
    assert "may be chance" in judge([touched], RULE).reasons[0], "an interval that touches zero may be chance"


def test_the_rule_of_a_use_case_says_what_to_do_when_nothing_can_be_judged():
    assert "docs/sites.md" in judge([against(0.3, 0.2, users=3)], RULE).reasons[0]
    rule = Rule("ndcg", 10, tolerance=0.05, min_users=50, advice="Wait for another year")
    assert judge([against(0.3, 0.2, users=3)], rule).reasons[0].endswith("no pass. Wait for another year.")
