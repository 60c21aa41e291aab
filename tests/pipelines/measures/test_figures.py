"""Figures of several models on the same users: right users, right intervals, paired differences."""

from math import isnan

import numpy as np
import pytest
from scipy.sparse import csr_array

from pipelines.measures.figures import METRICS, Figure, Protocol, measure
from script_shared.errors import InputError

N_USERS, N_ARTICLES = 400, 50


def protocol_of(resamples: int = 100, segments: dict[str, np.ndarray] | None = None) -> Protocol:
    """Every user read the article of the own number (modulo the catalogue), and nothing else."""
    rows = np.arange(N_USERS)
    truth = csr_array((np.ones(N_USERS), (rows, rows % N_ARTICLES)), shape=(N_USERS, N_ARTICLES))
    halves = {"logged": rows[:100], "anonymous": rows[100:]}
    information = np.full(N_ARTICLES, 3.0)
    return Protocol(truth, segments or halves, np.ones(N_ARTICLES, bool), information, (1, 2), resamples, 7)


def lists_of(share_right: float) -> np.ndarray:
    """The right article on the second place for the first users of every hundred, wrong ones for the others."""
    users = np.arange(N_USERS)
    right = users % 100 < 100 * share_right
    second = np.where(right, users, users + 2) % N_ARTICLES
    return np.stack([(users + 1) % N_ARTICLES, second], axis=1)


def value(figures: list[Figure], model: str, segment: str, metric: str, cutoff: int) -> Figure:
    return next(f for f in figures if (f.model, f.segment, f.metric, f.cutoff) == (model, segment, metric, cutoff))


def test_there_is_one_figure_for_every_model_segment_metric_and_cutoff():
    figures, differences = measure({"a": lists_of(1), "b": lists_of(0)}, protocol_of(), subject="a")
    keys = [(f.model, f.segment, f.metric, f.cutoff) for f in figures]
    assert len(set(keys)) == len(keys) == 2 * 3 * len(METRICS) * 2
    assert len(differences) == 3 * (len(METRICS) - 1) * 2


def test_figures_are_those_of_the_lists():
    figures, _ = measure({"a": lists_of(0.4)}, protocol_of())
    found = value(figures, "a", "logged", "hr", 2)
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.4 < found.high
    assert found.users == 100
    assert value(figures, "a", "all", "mrr", 2).value == pytest.approx(0.2)
    assert value(figures, "a", "all", "hr", 1).value == 0.0
    assert value(figures, "a", "all", "novelty", 2).value == 3.0
    assert value(figures, "a", "all", "coverage", 2).value == 1.0


def test_all_users_are_those_of_the_segments_together():
    figures, _ = measure({"a": lists_of(0.4)}, protocol_of(segments={"x": np.arange(30), "y": np.arange(90, 100)}))
    assert value(figures, "a", "all", "hr", 2).users == 40
    assert value(figures, "a", "all", "hr", 2).value == pytest.approx(0.75)


def test_the_paired_interval_of_two_models_with_the_same_hits_has_no_width():
    _, differences = measure({"a": lists_of(0.4), "b": lists_of(0.4)}, protocol_of(), subject="a")
    assert all((d.value, d.low, d.high) == (0.0, 0.0, 0.0) for d in differences)


def test_the_paired_interval_is_narrower_than_the_two_intervals_together():
    figures, differences = measure({"a": lists_of(0.5), "b": lists_of(0.45)}, protocol_of(), subject="a")
    ours, theirs = (value(figures, model, "all", "hr", 2) for model in "ab")
    gap = next(d for d in differences if (d.segment, d.metric, d.cutoff) == ("all", "hr", 2))
    assert gap.value == pytest.approx(0.05)
    assert 0 < gap.low < gap.high < 0.1
    assert gap.high - gap.low < 0.6 * (ours.high - ours.low + theirs.high - theirs.low)


def test_a_segment_without_users_has_missing_figures_not_zeros():
    segments = {"logged": np.arange(N_USERS), "anonymous": np.array([], np.int64)}
    figures, differences = measure({"a": lists_of(1), "b": lists_of(1)}, protocol_of(segments=segments), subject="a")
    missing = [f for f in figures if f.segment == "anonymous"]
    assert all(isnan(f.value) and isnan(f.low) and f.users == 0 for f in missing)
    assert all(isnan(d.value) for d in differences if d.segment == "anonymous")


def test_lists_shorter_than_a_cutoff_are_refused_by_the_models_name():
    with pytest.raises(InputError, match="in_service: lists of 1 cannot be measured at 2"):
        measure({"in_service": lists_of(1)[:, :1]}, protocol_of())


def test_lists_with_repeats_are_refused_by_the_models_name():
    with pytest.raises(InputError, match="candidate: 400 of 400 lists name an article twice"):
        measure({"candidate": np.zeros((N_USERS, 2), np.int64)}, protocol_of())
