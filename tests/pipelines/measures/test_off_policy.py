"""Estimates of another policy agree with planted preferences, and intervals hold as often as they say."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.measures.off_policy import (
    Predictions,
    Trials,
    difference,
    doubly_robust,
    ips,
    overlap,
    served_estimate,
    snips,
    weights_of,
)
from script_shared.exploration.randomization import Randomization
from tests.pipelines.measures.planted_lists import Lists, World

RUNS, COUNT, NO_CLIP = 200, 400, 1e9
HOW = Randomization(1.0, 4, 4, 3.0)


def trials(clicks, chances, wanted, users=None, possible=1.0, length=1.0):
    """One article a list."""
    n = len(clicks)
    users = np.arange(n) if users is None else np.array(users)
    every = [np.array(each, float) for each in (clicks, chances, wanted)]
    return Trials(users, np.arange(n), *every, np.full(n, possible), np.full(n, length))


def test_ips_by_hand():
    found = ips(trials([1, 0, 1, 1], [0.5, 0.5, 0.25, 0.5], [1, 1, 1, 0]), NO_CLIP)
    assert found.value == pytest.approx((2 + 0 + 4 + 0) / 4)


def test_snips_by_hand():
    found = snips(trials([1, 0, 1, 1], [0.5, 0.5, 0.25, 0.5], [1, 1, 1, 0]), NO_CLIP)
    assert found.value == pytest.approx((2 + 4) / (2 + 2 + 4))


def test_doubly_robust_by_hand():
    of = trials([1, 0], [0.5, 0.5], [1, 0])
    found = doubly_robust(of, Predictions(np.array([0.25, 0.5]), np.array([0.25, 0.75])), NO_CLIP)
    assert found.value == pytest.approx((0.25 + 2 * 0.75 + 0.75) / 2)


def test_an_interval_by_hand():
    """Two users with sums of parts 1 and -1 over four lists: error sqrt(2 / 1 x 2) / 4, t of one degree 12.706."""
    found = served_estimate(trials([1, 1, 0, 1], [1] * 4, [1] * 4, users=[0, 0, 1, 1]))
    assert found.value == 0.75
    reach = 12.7062 * np.sqrt(2 * (0.5**2 + 0.5**2)) / 4
    assert (found.low, found.high) == (pytest.approx(0.75 - reach, abs=1e-4), pytest.approx(0.75 + reach, abs=1e-4))


def test_overlap_by_hand():
    found = overlap(trials([1, 0, 1, 1], [0.5, 0.5, 0.1, 0.5], [1, 1, 1, 0], possible=1.0, length=2.0), clip=4.0)
    assert found.cover == 0.5
    assert found.effective == pytest.approx(8**2 / (4 + 4 + 16))
    assert (found.agreeing, found.clicks, found.largest) == (3, 2, 10.0)
    certain = overlap(trials([1, 0], [1.0, 1.0], [1, 1]), clip=4.0)
    assert (certain.agreeing, certain.effective) == (0, 0.0)
    assert found.clipped == pytest.approx(1 / 3)
    assert len(found.warnings()) == 4


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 1), st.integers(1, 6), st.integers(0, 6), st.floats(0.5, 50))
def test_the_policy_that_served_gets_what_it_got(seed, share, places, extra, temperature):
    """With wanted = chance every weight is 1, whatever was drawn."""
    lists = World(Randomization(share, places, extra, temperature)).lists(60, seed)
    of = lists.trials()
    same = Trials(of.users, of.lists, of.clicks, of.chances, of.chances, of.length, of.length)
    for found in (ips(same, NO_CLIP), snips(same, NO_CLIP), doubly_robust(same, lists.predicted(0.0), NO_CLIP)):
        assert found.value == pytest.approx(served_estimate(same).value)
        assert found.low == pytest.approx(served_estimate(same).low)
    assert difference(ips(same, NO_CLIP), served_estimate(same), of.users).high == pytest.approx(0, abs=1e-9)


def population(world: World) -> float:
    """Clicks per list of the other policy, over users with one list each."""
    return replace(world, lists_per_user=1.0).lists(60_000, 10**6).truth()


def runs(world: World, estimates, count: int = COUNT) -> dict[str, tuple[float, float]]:
    """Of each estimate the mean error in standard errors of this mean, and the share of intervals with the truth."""
    truth, errors, held = population(world), defaultdict(list), defaultdict(list)
    for seed in range(RUNS):
        lists = world.lists(count, seed)
        for name, found in estimates(lists).items():
            errors[name].append(found.value - lists.truth())
            held[name].append(found.low <= truth <= found.high)
    return {
        name: (np.mean(each) / (np.std(each) / np.sqrt(RUNS)), np.mean(held[name])) for name, each in errors.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_estimates_have_no_bias_and_intervals_hold_in_200_runs(share):
    """0.95 of 200 with a standard error of 0.0154: between 0.89 and 1."""

    def estimates(lists: Lists):
        of = lists.trials()
        return {
            "ips": ips(of, NO_CLIP),
            "snips": snips(of, NO_CLIP),
            "robust with a good model": doubly_robust(of, lists.predicted(), NO_CLIP),
            "robust with a bad model": doubly_robust(of, lists.predicted(2.0), NO_CLIP),
        }

    for name, (bias, held) in runs(World(Randomization(share, 4, 4, 3.0)), estimates).items():
        assert abs(bias) < 4, name
        assert held >= 0.89, name


@pytest.mark.slow
def test_clicks_that_depend_on_the_place_need_the_chances_of_places():
    world = World(Randomization(1.0, 4, 2, 3.0), by_place=True)
    found = runs(
        world,
        lambda lists: {
            "place": ips(lists.trials(by_place=True), NO_CLIP),
            "article": ips(lists.trials(), NO_CLIP),
        },
    )
    assert abs(found["place"][0]) < 4
    assert found["place"][1] >= 0.89
    assert abs(found["article"][0]) > 6


@pytest.mark.slow
def test_intervals_that_take_lists_of_a_user_as_independent_are_too_short():
    def estimates(lists: Lists):
        of = lists.trials()
        alone = replace(of, users=np.arange(len(of)))
        return {"by user": ips(of, NO_CLIP), "by list": ips(alone, NO_CLIP)}

    found = runs(World(HOW, user_effect=1.5, lists_per_user=20), estimates)
    assert found["by list"][1] < 0.8 < 0.85 < found["by user"][1]


def test_articles_that_could_not_be_served_are_missing_from_ips_and_predicted_by_the_model():
    world = World(HOW, free=True)
    lists = world.lists(4000, 1)
    of, truth = lists.trials(), lists.truth()
    assert 0.3 < overlap(of, NO_CLIP).cover < 0.9
    assert ips(of, NO_CLIP).high < truth
    assert doubly_robust(of, lists.predicted(), NO_CLIP).value == pytest.approx(truth, rel=0.05)
    assert "could not be in the served lists" in overlap(of, NO_CLIP).warnings()[0]


def test_clipping_lowers_weights_and_is_reported():
    of = World(Randomization(0.1, 4, 4, 3.0)).lists(3000, 2).trials()
    assert weights_of(of, 5.0).max() == 5.0
    assert ips(of, 5.0).value < ips(of, NO_CLIP).value
    assert overlap(of, 5.0).clipped > 0.01
    assert any("above the limit" in each for each in overlap(of, 5.0).warnings())


def test_with_much_overlap_nothing_is_warned_of():
    assert overlap(World(HOW).lists(3000, 3).trials(), 20.0).warnings() == []


def test_without_lists_or_agreement_nothing_is_said():
    none = trials([], [], [])
    assert np.isnan([served_estimate(none).value, ips(none, 9.0).value, snips(none, 9.0).value]).all()
    assert np.isnan(snips(trials([1, 1], [0.5, 0.5], [0, 0]), 9.0).value)
    assert np.isnan(served_estimate(trials([1, 0], [1, 1], [1, 1], users=[3, 3])).low)
