"""Trainings weigh clicks as the live state does."""

from dataclasses import replace

import pytest

from script_shared.news.state.click_weight import Ledger
from script_shared.news.state.state import LiveState
from tests.script_shared.news.crowd import crowd_clicks, crowd_params


@pytest.mark.parametrize("pace", [1, 24])
def test_the_ledger_gives_each_click_the_weight_that_a_live_state_of_the_same_pace_gives_it(pace: int) -> None:
    params = crowd_params().model_copy(update={"pace": pace})
    clicks = [
        click if place % 10 else replace(click, network="0a000001")
        for place, click in enumerate(crowd_clicks()[:1_500])
    ]
    ledger, beliefs = Ledger(params), LiveState(params).fold(clicks)
    assert [ledger.weigh(click) for click in clicks] == pytest.approx(beliefs, abs=1e-5)
    assert 0 < sum(belief < 1 for belief in beliefs) < len(beliefs)
