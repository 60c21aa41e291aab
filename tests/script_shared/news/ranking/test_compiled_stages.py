"""Candidates and features in compiled code equal those of the array operations, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.arrays import Bools, FloatArray
from script_shared.compiled import candidate_code, feature_code, library
from script_shared.news.ranking import candidates as module
from script_shared.news.ranking.candidates import Candidates, Source, candidates
from script_shared.news.ranking.features import FEATURES, array_columns, columns
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.segment_list import SegmentCandidates
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from tests.script_shared.news.crowd import crowd
from tests.script_shared.news.events_made import START_MS, STREAMS, folded


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    if not feature_code.has_code():
        pytest.skip(library.MISSING)


@pytest.fixture(scope="module")
def portal() -> LiveState:
    return crowd()


def _offered(
    state: LiveState, query: Query, later: int, count: int | None, within: Bools | None, seed: int
) -> Candidates:
    """Candidates with a list of the segment's model and articles from other sources, drawn by seed."""
    random, live = np.random.default_rng(seed), state.articles.live_rows()
    rows = random.permutation(live)[: random.integers(12)]
    listed = SegmentCandidates(
        1, rows, np.sort(random.integers(0, 50, len(rows))), random.random(len(rows), np.float32)
    )
    extra = {Source.TEXT: random.permutation(live)[: random.integers(4)]}
    now_ms = max(state.now_ms, START_MS) + later
    return candidates(state, query, now_ms, extra, count=count, listed=listed, within=within)


def _by_arrays(*arguments: object) -> Candidates:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "find_candidates", lambda *_: None)
        return _offered(*arguments)  # type: ignore[arg-type]


def _bits(values: FloatArray) -> list[int]:
    return np.ascontiguousarray(values, np.float32).view(np.int32).ravel().tolist()


def _check(*arguments: object) -> None:
    found, wanted = _offered(*arguments), _by_arrays(*arguments)  # type: ignore[arg-type]
    assert found.rows.tolist() == wanted.rows.tolist()
    assert _bits(found.mix) == _bits(wanted.mix)
    assert found.sources.tolist() == wanted.sources.tolist()
    names = list(FEATURES)
    assert _bits(columns(found, names)) == _bits(array_columns(wanted, names))


@settings(max_examples=80, deadline=None)
@given(STREAMS, st.integers(0, 25), st.sampled_from(["", "s1"]), st.integers(0, 10**9), st.data())
def test_candidates_and_features_are_the_same_for_any_events(
    events: list[LiveEvent], user: int, session: str, later: int, data: st.DataObject
) -> None:
    state = folded(*events)
    used = state.articles.used
    within = data.draw(st.one_of(st.none(), st.lists(st.booleans(), min_size=used, max_size=used)))
    rows = np.array(within, bool) if within is not None else None
    context = data.draw(st.sampled_from(["", "a0", "a1"]))
    history = tuple(data.draw(st.lists(st.sampled_from(["a1", "a2", "a3"]), max_size=4)))
    query = Query(f"u{user}" if user else "", session, "sp", "mobile", history=history, context_item=context)
    _check(state, query, later, data.draw(st.sampled_from([1, 2, 5, None])), rows, data.draw(st.integers(0, 99)))


@pytest.mark.parametrize("count", [7, 40, None])
def test_candidates_and_features_are_the_same_for_a_portal(portal: LiveState, count: int | None) -> None:
    for person in range(0, 400, 7):
        query = Query(f"person{person}", f"p{person} 2", f"r{person % 20}")
        _check(portal, query, 60_000 * (person % 90), count, None, person)


def test_articles_with_equal_weight_are_ordered_by_row(portal: LiveState) -> None:
    sums, one = np.repeat([3, 2, 2, 2, 1], 20).astype(np.float32), np.float32(1)
    counts = candidate_code.Counts(
        np.arange(100), np.zeros(100), np.full(100, 9), sums, sums, one, one, None, None, None
    )
    found = candidate_code.find_candidates(counts, np.array([20, 21]), None, 0.0, 50, [])
    assert found is not None
    assert found[0].tolist() == [*range(20), *range(22, 52)]
    assert module._best(np.where(np.isin(np.arange(100), [20, 21]), 0, sums), 50).tolist() == found[0].tolist()


def test_rows_that_the_state_does_not_have_are_refused(portal: LiveState) -> None:
    used = portal.articles.used
    with pytest.raises(IndexError):
        candidates(portal, Query("v"), portal.now_ms, {Source.TEXT: np.array([used])})
    with pytest.raises(IndexError):
        candidates(portal, Query("v"), portal.now_ms, within=np.ones(used - 1, bool))
    found = candidates(portal, Query("v"), portal.now_ms)
    found.rows[0] = used
    with pytest.raises(IndexError):
        columns(found, list(FEATURES))


def test_every_feature_has_its_place_in_the_compiled_code() -> None:
    from script_shared.news.ranking.features import _rows_in_code

    assert _rows_in_code(tuple(FEATURES)) is not None
    assert _rows_in_code(("mix", "a new one")) is None


def test_what_is_read_after_one_article_is_the_same_as_after_one_of_many(portal: LiveState) -> None:
    counts, used = portal.counts, portal.articles.used
    factors = counts.decay.factors(portal.now_ms)
    one = counts.after_earlier.of(np.array([3]), np.array([[0.5], [0.25]]), factors, used)
    many = counts.after_earlier.of(np.array([3, 4]), np.array([[0.5, 0.0], [0.25, 0.0]]), factors, used)
    assert one.any()
    assert _bits(one) == _bits(many)
