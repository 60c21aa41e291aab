"""The groups for which a click counts."""

import numpy as np

from script_shared.news.state.audiences import DIMENSIONS, EVERYBODY
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import click, folded


def groups_of(state: LiveState, article: str) -> set[int]:
    """Codes of the groups for which clicks on an article count."""
    return set(np.flatnonzero(state.counts.groups.sums[0][:, state.article_row(article)]).tolist())


def test_a_click_counts_for_everybody_and_for_one_group_of_each_dimension() -> None:
    state = folded(click("u", "a", region="sp", device="mobile"), click("v", "b", region="rj", device="mobile"))
    one, other, regions = groups_of(state, "a"), groups_of(state, "b"), state.group_names.regions
    assert len(one) == len(other) == 1 + len(DIMENSIONS)
    assert {EVERYBODY, 1 + regions["sp"]} <= one - {1 + regions["rj"]}
    assert {EVERYBODY, 1 + regions["rj"]} <= other - {1 + regions["sp"]}
    assert len(one & other) == len(DIMENSIONS) - 1  # all except the region, and the region with the device
