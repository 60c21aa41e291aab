"""Candidates and features: what is offered, which features it has, and how the ranker uses them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import ReleaseCorruptError
from script_shared.news.ranking.candidates import Source, candidates
from script_shared.news.ranking.feature_inputs import TABLE, FeatureInputs
from script_shared.news.ranking.features import FEATURES, columns, matrix
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import MINUTE_MS, START_MS, STREAMS, click, folded, read_rows

NOW = START_MS + 10 * MINUTE_MS


@settings(max_examples=60, deadline=None)
@given(STREAMS, st.integers(0, 25), st.sampled_from(["", "s1"]), st.integers(0, 10**9))
def test_every_feature_is_finite_and_nothing_read_is_offered(
    events: list[LiveEvent], user: int, session: str, later: int
) -> None:
    state = folded(*events)
    query = Query(f"u{user}" if user else "", session, "sp", "mobile")
    found = candidates(state, query, max(state.now_ms, START_MS) + later)
    assert np.isfinite(matrix(found)).all()
    assert matrix(found).shape == (len(found), len(FEATURES))
    assert len(set(found.rows.tolist())) == len(found)
    assert not set(found.rows.tolist()) & set(read_rows(state, query.user, query.session).tolist())


def test_one_click_is_enough_to_rank_another_article_above_the_most_popular() -> None:
    many = [click(f"p{n}", "popular", n / 10) for n in range(20)]
    pairs = [event for n in range(5) for event in (click(f"q{n}", "a", 3, "s"), click(f"q{n}", "b", 4, "s"))]
    state = folded(*many, *pairs, click("u", "a", 5, "mine"), readers=50)
    b = state.article_row("b")
    stranger = candidates(state, Query("v", "s9"), NOW)
    reader = candidates(state, Query("u", "mine"), NOW)
    assert stranger.rows[0] == state.article_row("popular")
    assert reader.rows[0] == b
    assert reader.sources[0] & Source.SESSION


def test_the_article_being_read_counts_as_the_visit_and_is_not_offered() -> None:
    state = folded(click("q", "a", 3, "s"), click("q", "b", 4, "s"), click("r", "c", 5))
    found = candidates(state, Query("v", context_item="a"), NOW)
    assert found.rows[0] == state.article_row("b")
    assert state.article_row("a") not in found.rows


def test_the_history_of_a_request_counts_as_earlier_reads() -> None:
    pairs = [event for n in range(5) for event in (click(f"q{n}", "a", 0, "s"), click(f"q{n}", "b", 5, "t"))]
    state = folded(*pairs, *(click(f"r{n}", "c", 5) for n in range(7)), readers=50)
    a, b, c = map(state.article_row, "abc")
    found, stranger = (candidates(state, Query("v", history=history), NOW) for history in (("a",), ()))
    assert a == 0
    assert sorted(found.rows.tolist()) == [b, c]
    marked = dict(zip(found.rows.tolist(), (found.sources & Source.HISTORY).tolist(), strict=True))
    assert marked == {b: Source.HISTORY.value, c: 0}
    assert sorted(stranger.rows.tolist()) == [a, b, c]
    assert not (stranger.sources & Source.HISTORY).any()


def test_a_request_is_limited_to_the_given_rows() -> None:
    state = folded(click("q", "a", 1), click("q", "b", 2))
    within = np.zeros(state.articles.used, bool)
    assert len(candidates(state, Query("v"), NOW, within=within)) == 0
    within[state.article_row("b")] = True
    assert candidates(state, Query("v"), NOW, within=within).rows.tolist() == [state.article_row("b")]


def test_a_published_article_is_offered_before_its_first_click() -> None:
    state = folded(click("q", "a", 1))
    row = state.publish_article("new", START_MS)
    found = candidates(state, Query("v"), NOW)
    assert found.sources[found.rows.tolist().index(row)] & Source.FRESH


def test_articles_that_other_parts_add_are_marked_and_offered_once() -> None:
    state = folded(click("q", "a", 1), click("q", "b", 2))
    rows = np.array([state.article_row("a"), state.article_row("b")])
    found = candidates(state, Query("v"), NOW, {Source.SEGMENT: rows}, count=1)
    assert sorted(found.rows.tolist()) == sorted(rows.tolist())
    assert (found.sources & Source.SEGMENT).all()


def test_a_group_that_prefers_an_article_raises_its_lift_there() -> None:
    events = [click(f"a{n}", "here", n / 10, region="sp") for n in range(60)]
    events += [click(f"b{n}", "there", n / 10, region="rj") for n in range(60)]
    state = folded(*events, readers=200)
    found = candidates(state, Query("v", region="sp"), NOW)
    lift = matrix(found, ["region_lift_15m"])[:, 0]
    assert lift[found.rows.tolist().index(state.article_row("here"))] > 0.2
    assert lift[found.rows.tolist().index(state.article_row("there"))] < -0.2


def test_features_computed_together_equal_features_computed_one_by_one() -> None:
    events = [click(f"u{n % 20}", f"a{n % 9}", n / 10, region="sp", section=f"s{n % 3}") for n in range(120)]
    found = candidates(folded(*events, readers=50), Query("u3", region="sp"), NOW)
    inputs, names = FeatureInputs(found), [*FEATURES][::-1]
    values = columns(found, names)
    assert len(names) > 50
    for name, row in zip(names, values, strict=True):
        assert row.tolist() == np.broadcast_to(np.asarray(FEATURES[name](inputs), np.float32), len(found)).tolist(), (
            name
        )
    assert TABLE["onward_lift"] != TABLE["together_lift"]
    lift = np.log((inputs.onward[0] + 1e-4) / (inputs.share["30m"] + 1e-4))
    assert values[names.index("onward_lift")].tolist() == lift.tolist()
    trend = inputs.log_share["1h"] - inputs.log_share["6h"]
    assert values[names.index("trend_1h_6h")].tolist() == trend.tolist()
    assert values[names.index("came_lift_2h")].tolist() == inputs.group_lift[2, -1].tolist()


def test_a_ranker_of_unknown_features_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseCorruptError, match="not a readable ranker"):
        Ranker.load(tmp_path)


def liking(state: LiveState, user: str) -> dict[str, float]:
    """The value of the feature for a user, by article."""
    found = candidates(state, Query(user), NOW)
    values = matrix(found, ["section_liking"])[:, 0]
    return dict(zip([state.article_id(row) for row in found.rows.tolist()], values.tolist(), strict=True))


def test_a_user_who_reads_one_section_likes_it() -> None:
    of = {"a": "economia", "b": "economia", "c": "economia", "d": "saude", "e": ""}
    reads = [click("u", article, minute) for minute, article in enumerate("ab")]
    others = [click(f"v{article}", article, 3) for article in "cde"]
    state = folded(*(replace(event, section=of[event.article]) for event in [*reads, *others]))
    told = liking(state, "u")
    assert told["c"] == pytest.approx(np.log((2 + 2 / 3) / (2 + 2) * 3), abs=1e-5)  # none, economia and saude
    assert told["d"] == pytest.approx(np.log((2 / 3) / (2 + 2) * 3), abs=1e-5)
    assert told["e"] == 0.0
    assert set(liking(state, "a stranger").values()) == {0.0}


def test_without_known_sections_the_liking_of_sections_is_the_same_for_all() -> None:
    state = folded(*(click(f"u{number % 3}", f"a{number}", number) for number in range(9)))
    assert set(liking(state, "u1").values()) == {0.0}
