"""How often the guard is wrong, and how soon it is right, on simulated sites that are looked at all the time."""

import pytest
from scipy.stats import binomtest

from pipelines.guard.state import State
from pipelines.guard.verdict import BEFORE, POPULARITY, comparisons
from script_shared.params.loop import GuardParams
from tests.pipelines.guard.simulated import Site

WEEK, WEEKS = 7 * 24, 200
PARAMS = GuardParams(
    act=True,
    alpha=0.1,
    tolerance=0.02,
    tolerance_before=0.03,
    least_clicks=300,
    train_below=0.0,
    cool_down_hours=24,
    reach_hours=6,
    reference_days=3,
)


def clicks_until_worse(site: Site, lead: float, *, before: float | None = None, hours: int = WEEK) -> tuple[int, str]:
    """Clicks of a release until a comparison finds it worse, 0 for never, and the name of that comparison.

    Args:
        before: lead of a release that was in service for three days before; None for none.
    """
    state = State()
    if before is not None:
        for clicks in site.looks("v1", before, 72, every_hours=24):
            state.add(clicks, PARAMS.reference_days)
        state.tally("v2").before = state.tally("v1").reference()
    for clicks in site.looks("v2", lead, hours):
        state.add(clicks, PARAMS.reference_days)
        tally = state.tally("v2")
        for found in comparisons(tally, PARAMS):
            if found.worse:
                return tally.clicks, found.name
    return 0, ""


@pytest.mark.slow
def test_a_release_at_its_tolerances_is_found_worse_in_no_more_of_200_weeks_than_alpha() -> None:
    """Exactly as bad as both tolerances allow: no release that is allowed is found worse more often."""
    wrong = [clicks_until_worse(Site(seed), -0.02, before=0.01)[1] for seed in range(WEEKS)]
    count = sum(map(bool, wrong))
    assert binomtest(count, WEEKS, PARAMS.alpha, alternative="greater").pvalue > 0.001, f"{count} of {WEEKS}"


def test_a_release_of_shuffled_ids_is_found_within_hours() -> None:
    """It hits nearly nothing: 0.4 below popularity."""
    found = [clicks_until_worse(Site(seed, a_day=1_200, agree=0.0), -0.4) for seed in range(10)]
    assert all(name.startswith(POPULARITY) for _, name in found)
    assert max(clicks for clicks, _ in found) <= 1_000, "the first look with enough clicks: 600 in six hours"


def test_a_release_that_beats_popularity_but_not_the_release_before_is_found() -> None:
    found = [clicks_until_worse(Site(seed, a_day=800), 0.0, before=0.15) for seed in range(5)]
    assert {name.split(",")[0] for _, name in found} == {BEFORE}


def test_a_release_that_becomes_bad_after_a_good_week_is_found_on_the_same_day() -> None:
    site, state = Site(1, a_day=2_000), State()
    for clicks in site.looks("v1", 0.1, WEEK, every_hours=24):
        state.add(clicks, PARAMS.reference_days)
    tally = state.tally("v1")
    for clicks in site.looks("v1", -0.2, 24):
        state.add(clicks, PARAMS.reference_days)
        if worse := [each.name for each in comparisons(tally, PARAMS) if each.worse]:
            break
    assert worse == [f"{POPULARITY}, today"]
    assert tally.leads().rate > 0, "its mean over the week is still good"


def test_no_verdict_is_given_before_the_least_number_of_clicks() -> None:
    site, state = Site(2, a_day=800, agree=0.0), State()
    for clicks in site.looks("v1", -0.4, 24):
        state.add(clicks, PARAMS.reference_days)
        if any(each.worse for each in comparisons(state.tally("v1"), PARAMS)):
            break
    assert state.tally("v1").clicks >= PARAMS.least_clicks


def test_figures_that_are_missing_are_null_in_json() -> None:
    (whole, today) = (each.plain() for each in comparisons(State().tally("v1"), PARAMS))
    assert whole == {
        "name": "popularity", "value": None, "low": None, "high": None,
        "tolerance": 0.02, "users": 0, "clicks": 0, "worse": False,
    }  # fmt: skip
    assert today["name"] == "popularity, today"
