"""Figures of a replay: by hand, and what must hold for any ranks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.replay.figures import MISSED, group_figures, measure_models
from pipelines.news.replay.sampling import SampledClicks, share_out


def drawn(segments: list[int], users: list[int], weights: list[float]) -> SampledClicks:
    names = ("logged", "semi_logged", "anonymous")
    counts = {
        name: {"clicks": 10 * segments.count(code), "asked": segments.count(code)} for code, name in enumerate(names)
    }
    places = np.arange(len(segments))
    return SampledClicks(places, np.array(segments), np.array(weights), np.array(users), counts, 3)


def figure(found, model, segment, metric, cutoff=10):
    wanted = (model, segment, metric, cutoff)
    return next(f for f in found.figures if (f.model, f.segment, f.metric, f.cutoff) == wanted)


def test_figures_of_four_clicks_are_those_by_hand():
    clicks = drawn([0, 0, 2, 2], [1, 1, 2, 3], [1.0, 1.0, 1.0, 1.0])
    ranks = {"candidate": np.array([0, 9, 1, MISSED]), "most_read_10m": np.array([MISSED, 10, 0, 0])}
    found = measure_models(ranks, clicks, [5, 10], "candidate", 50, 7)
    assert figure(found, "candidate", "logged", "hr").value == 1.0
    assert figure(found, "candidate", "logged", "hr", 5).value == 0.5
    assert figure(found, "candidate", "logged", "mrr").value == pytest.approx((1 + 0.1) / 2)
    assert figure(found, "candidate", "anonymous", "ndcg").value == pytest.approx(0.5 / np.log2(3))
    assert figure(found, "most_read_10m", "all", "hr").value == 0.5
    assert figure(found, "candidate", "logged", "hr").users == 1
    assert figure(found, "candidate", "all", "hr").users == 3
    assert np.isnan(figure(found, "candidate", "semi_logged", "hr").value)
    assert found.segments["anonymous"] == {"clicks": 20, "asked": 2, "users": 2}


def test_in_the_figure_of_all_each_click_counts_for_those_it_stands_for():
    clicks = drawn([0, 2], [1, 2], [9.0, 1.0])
    found = measure_models({"candidate": np.array([0, MISSED])}, clicks, [10], "candidate", 0, 7)
    assert figure(found, "candidate", "all", "hr").value == pytest.approx(0.9)


def test_a_model_better_for_every_reader_has_an_interval_above_zero_and_a_reader_is_drawn_as_a_whole():
    users = np.repeat(np.arange(40), 5)
    clicks = drawn([0] * 200, users.tolist(), [1.0] * 200)
    ranks = {"candidate": np.zeros(200, np.int64), "most_read_10m": np.where(users % 2, 0, MISSED)}
    found = measure_models(ranks, clicks, [10], "candidate", 200, 7)
    gap = next(d for d in found.differences if (d.segment, d.metric) == ("logged", "hr"))
    assert gap.value == 0.5
    assert 0.2 < gap.low < 0.5 < gap.high < 0.8
    assert gap.high - gap.low > 0.25  # forty readers, not two hundred clicks


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.integers(0, 120))
def test_shares_are_as_many_as_wanted_or_all_there_are_and_none_gets_more_than_a_larger_one(sizes, most):
    shares = share_out(np.array(sizes), most)
    assert (shares <= sizes).all()
    assert shares.sum() == min(most, sum(sizes))
    for size, share in zip(sizes, shares, strict=True):
        assert share == size or share >= shares.max() - 1


def test_the_same_ranks_have_no_difference():
    clicks = drawn([0, 1, 2], [1, 2, 3], [1.0, 1.0, 1.0])
    ranks = np.array([0, 3, MISSED])
    found = measure_models({"candidate": ranks, "without_ranker": ranks}, clicks, [10], "candidate", 50, 7)
    gaps = [d for d in found.differences if d.segment == "all"]
    assert [(d.value, d.low, d.high) for d in gaps] == [(0.0, 0.0, 0.0)] * 3


def test_the_command_and_the_gate_give_the_same_figures_of_the_same_ranks():
    draw = np.random.default_rng(3)
    users, segments = draw.integers(0, 30, 200), draw.integers(0, 3, 200)
    ranks = {name: np.where(draw.random(200) < 0.3, MISSED, draw.integers(0, 30, 200)) for name in ("one", "other")}
    clicks = drawn(segments.tolist(), users.tolist(), [1.0] * 200)
    of_gate = measure_models(ranks, clicks, [10, 20], "one", 50, 7)
    groups = {"all": np.ones(200, bool), "logged": segments == 0}
    of_command = {(row.model, row.group, row.measure): row for row in group_figures(ranks, users, groups, 50, 7)}
    for model, segment in [(model, segment) for model in ranks for segment in groups]:
        for metric, cutoff in [("hr", 10), ("mrr", 10), ("hr", 20), ("ndcg", 20)]:
            row = of_command[model, segment, f"{metric.upper()}@{cutoff}"]
            gate = figure(of_gate, model, segment, metric, cutoff)
            assert (row.value, row.low, row.high) == pytest.approx((gate.value, gate.low, gate.high), abs=1e-12)
