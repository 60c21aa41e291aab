"""The live state: the same events give the same state, and what it holds is what happened."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import ReleaseCorruptError
from script_shared.events.entry import user_digest
from script_shared.news.live import windows
from script_shared.news.live.articles import MOST_SECTIONS
from script_shared.news.live.event import LiveEvent
from script_shared.news.live.state import LiveState
from tests.script_shared.news.live.events_made import START_MS, STREAMS, click, folded, small_params


@settings(max_examples=60, deadline=None)
@given(STREAMS, st.lists(st.integers(1, 30), min_size=1))
def test_any_batching_gives_the_same_state(events: list[LiveEvent], sizes: list[int]) -> None:
    at_once, in_parts = folded(*events), LiveState(small_params())
    start = turn = 0
    while start < len(events):
        size = sizes[turn % len(sizes)]
        in_parts.fold(events[start : start + size])
        start, turn = start + size, turn + 1
    assert in_parts.digest() == at_once.digest()


@settings(max_examples=40, deadline=None)
@given(STREAMS, st.integers(0, 120))
def test_a_saved_state_goes_on_as_if_nothing_happened(
    tmp_path_factory: pytest.TempPathFactory, events: list[LiveEvent], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("state")
    folded(*events[:cut]).save(folder)
    state = LiveState.load(folder, small_params())
    assert state.digest() == folded(*events[:cut]).digest()
    state.fold(events[cut:])
    assert state.digest() == folded(*events).digest()


@settings(max_examples=60, deadline=None)
@given(STREAMS)
def test_bounds_hold_under_any_stream(events: list[LiveEvent]) -> None:
    state = folded(*events)
    sizes = state.sizes()
    assert sizes["articles"] <= 16
    assert sizes["known_articles"] <= 41
    assert sizes["readers"] <= 12
    assert len(state.shown) <= 10
    rows = state.live_rows().tolist()
    assert all(state.article_id(row) for row in rows)
    assert [state.article_row(state.article_id(row)) for row in rows] == rows


def test_another_event_gives_another_digest() -> None:
    assert folded(click("u", "a")).digest() != folded(click("u", "b")).digest()
    assert folded(click("u", "a")).digest() != folded(click("v", "a")).digest()


def test_counts_halve_in_their_half_life() -> None:
    state = folded(click("u", "a"), click("v", "b", minute=10))
    place, row = windows.OVERALL.index("10m"), state.article_row("a")
    factor = state.decay.factors(START_MS + 600_000)[windows.INDEX["10m"]]
    assert state.overall.sums[place, 0, row] * factor == pytest.approx(0.5)
    assert state.overall.totals[place, 0] * factor == pytest.approx(1.5)


def test_counts_survive_the_moving_of_landmarks() -> None:
    state = folded(click("u", "a"), *(click("v", "b", minute=60 * hour) for hour in range(1, 25)))
    place, row = windows.OVERALL.index("24h"), state.article_row("a")
    factor = state.decay.factors(state.now_ms)[windows.INDEX["24h"]]
    assert state.overall.sums[place, 0, row] * factor == pytest.approx(0.5, rel=1e-5)


def test_a_visit_is_told_by_its_session_id() -> None:
    state = folded(click("u", "a", 0, "s1"), click("u", "b", 1, "s2"), click("u", "c", 2, "s2"))
    assert [state.article_id(row) for row in state.session_of("u", "s2")] == ["c", "b"]
    assert [state.article_id(row) for row in state.session_of("u", "s3")] == []
    assert [state.article_id(row) for row in state.read_rows("u")] == ["c", "b", "a"]


def test_without_session_ids_a_pause_begins_a_new_visit() -> None:
    state = folded(click("u", "a", 0), click("u", "b", 40), click("u", "c", 50))
    assert [state.article_id(row) for row in state.session_of("u", "")] == ["c", "b"]
    assert len(state.session_of("u", "", state.now_ms + 40 * 60_000)) == 0


def test_what_is_read_next_and_what_later_are_kept_apart() -> None:
    state = folded(click("u", "a", 0, "s1"), click("u", "b", 1, "s1"), click("u", "c", 2, "s2"))
    a, b, c = (state.article_row(name) for name in "abc")
    assert state.following.sums[0, a, b] > 0
    assert state.following.sums[0, b, a] == 0
    assert state.together.sums[0, b, a] > 0
    assert state.later.sums[0, a, c] > 0
    assert state.together.sums[0, b, c] == 0


def test_a_forgotten_reader_is_gone_and_others_stay() -> None:
    state = folded(click("u", "a"), click("v", "b"), click("w", "c"))
    state.forget("u")
    state.forget_digest(user_digest("w"))
    assert len(state.read_rows("u")) == len(state.read_rows("w")) == 0
    assert [state.article_id(row) for row in state.read_rows("v")] == ["b"]


def test_an_evicted_article_leaves_no_trace_in_the_row_of_its_successor() -> None:
    first = [click("u", f"old{number}", number, "s") for number in range(16)]
    state = folded(
        *first,
        *(click(f"v{number}", f"new{number}", 3000 + number) for number in range(16)),
        readers=40,
    )
    row = state.article_row("new0")
    assert state.together.sums[:, row].sum() == 0
    assert state.overall.sums[windows.OVERALL.index("24h"), 0, row] > 0
    assert state.article_row("old0") == -1


def test_a_published_article_has_a_row_before_its_first_click() -> None:
    state = folded(click("u", "a"))
    row = state.publish_article("b", START_MS - 1000, "economia")
    assert state.article_row("b") == row
    assert state.articles.first_ms[row] == START_MS - 1000


def test_a_state_of_other_bounds_is_refused(tmp_path: Path) -> None:
    folded(click("u", "a")).save(tmp_path)
    with pytest.raises(ReleaseCorruptError, match="other bounds"):
        LiveState.load(tmp_path, small_params(articles=32))


def test_sections_are_told_apart_up_to_a_bound() -> None:
    state = folded(*(click("u", f"a{n}", n / 60, section=f"s{n}") for n in range(MOST_SECTIONS + 50)))
    assert len(state.articles.sections) == MOST_SECTIONS
    row = state.article_row(f"a{MOST_SECTIONS + 49}")
    assert state.articles.section[row] == 0
