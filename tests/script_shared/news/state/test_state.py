"""The live state: the same events give the same state, and what it holds is what happened."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.events import Kind
from script_shared.events.entry import user_digest
from script_shared.news.counting import windows
from script_shared.news.counting.impressions import MEAN, PER_READER, ImpressionCounts
from script_shared.news.state.articles import MOST_SECTIONS
from script_shared.news.state.audiences import REGIONS
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.reader_clusters import MOST_CLUSTERS
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import digest_of, load_state, memory_bytes, save_state, sizes_of
from tests.script_shared.news.events_made import START_MS, STREAMS, click, folded, read_rows, small_params


def cluster_of(user: str) -> int:
    return int(user[1:]) % 5 - 1


@settings(max_examples=60, deadline=None)
@given(STREAMS, st.lists(st.integers(1, 30), min_size=1))
def test_any_batching_gives_the_same_state(events: list[LiveEvent], sizes: list[int]) -> None:
    at_once, in_parts = LiveState(small_params()), LiveState(small_params())
    for state in (at_once, in_parts):
        state.clusters.assignment = cluster_of
    at_once.fold(events)
    start = turn = 0
    while start < len(events):
        size = sizes[turn % len(sizes)]
        in_parts.fold(events[start : start + size])
        start, turn = start + size, turn + 1
    assert digest_of(in_parts) == digest_of(at_once)


@settings(max_examples=60, deadline=None)
@given(STREAMS)
def test_bounds_hold_under_any_stream(events: list[LiveEvent]) -> None:
    state = folded(*events)
    sizes = sizes_of(state)
    assert sizes["articles"] <= 16
    assert sizes["known_articles"] <= 41
    assert sizes["readers"] <= 12
    assert len(state.shown) <= 10
    rows = state.articles.live_rows().tolist()
    assert all(state.article_id(row) for row in rows)
    assert [state.article_row(state.article_id(row)) for row in rows] == rows


def test_beyond_the_bound_the_newest_nine_tenths_of_the_articles_are_kept() -> None:
    state, known = folded(readers=100), []
    for number in range(60):
        state.fold([click(f"u{number}", f"a{number}", number)])
        known.append(len(state.articles))
    assert known[39:42] == [40, 36, 37]
    assert (min(known[40:]), max(known)) == (36, 40)


def test_another_event_gives_another_digest() -> None:
    assert digest_of(folded(click("u", "a"))) != digest_of(folded(click("u", "b")))
    assert digest_of(folded(click("u", "a"))) != digest_of(folded(click("v", "a")))


def test_counts_halve_in_their_half_life() -> None:
    state = folded(click("u", "a"), click("v", "b", minute=10))
    place, row = windows.OVERALL.index("10m"), state.article_row("a")
    factor = state.counts.decay.factors(START_MS + 600_000)[windows.INDEX["10m"]]
    assert state.counts.overall.sums[place, 0, row] * factor == pytest.approx(0.5)
    assert state.counts.overall.totals[place, 0] * factor == pytest.approx(1.5)


def test_counts_survive_the_moving_of_landmarks() -> None:
    state = folded(click("u", "a"), *(click("v", "b", minute=60 * hour) for hour in range(1, 25)))
    place, row = windows.OVERALL.index("24h"), state.article_row("a")
    factor = state.counts.decay.factors(state.now_ms)[windows.INDEX["24h"]]
    assert state.counts.overall.sums[place, 0, row] * factor == pytest.approx(0.5, rel=1e-5)


def test_a_visit_is_identified_by_its_session_id() -> None:
    state = folded(click("u", "a", 0, "s1"), click("u", "b", 1, "s2"), click("u", "c", 2, "s2"))
    assert [state.article_id(row) for row in state.reads_of("u", "s2", state.now_ms)[0]] == ["c", "b"]
    assert [state.article_id(row) for row in state.reads_of("u", "s3", state.now_ms)[0]] == []
    assert [state.article_id(row) for row in read_rows(state, "u")] == ["c", "b", "a"]


def test_without_session_ids_a_pause_begins_a_new_visit() -> None:
    state = folded(click("u", "a", 0), click("u", "b", 40), click("u", "c", 50))
    assert [state.article_id(row) for row in state.reads_of("u", "", state.now_ms)[0]] == ["c", "b"]
    assert len(state.reads_of("u", "", state.now_ms + 40 * 60_000)[0]) == 0


def test_reads_of_one_visit_and_of_later_visits_are_counted_separately() -> None:
    state = folded(click("u", "a", 0, "s1"), click("u", "b", 1, "s1"), click("u", "c", 2, "s2"))
    a, b, c = (state.article_row(name) for name in "abc")
    assert state.counts.following.weights(0, a, b) > 0
    assert state.counts.following.weights(0, b, a) == 0
    assert state.counts.together.weights(0, b, a) > 0
    assert state.counts.later.weights(0, a, c) > 0
    assert state.counts.together.weights(0, b, c) == 0


def test_a_forgotten_reader_is_removed_and_the_others_are_kept() -> None:
    state = folded(click("u", "a"), click("v", "b"), click("w", "c"))
    state.forget("u")
    state.forget_digest(user_digest("w"))
    assert len(read_rows(state, "u")) == len(read_rows(state, "w")) == 0
    assert [state.article_id(row) for row in read_rows(state, "v")] == ["b"]


def test_an_evicted_article_leaves_no_trace_in_the_row_of_its_successor() -> None:
    first = [click("u", f"old{number}", number, "s") for number in range(16)]
    state = folded(
        *first,
        *(click(f"v{number}", f"new{number}", 3000 + number) for number in range(16)),
        readers=40,
    )
    row = state.article_row("new0")
    assert state.counts.together.weights(0, row, np.arange(16)).sum() == 0
    assert state.counts.overall.sums[windows.OVERALL.index("24h"), 0, row] > 0
    assert state.article_row("old0") == -1


def test_a_published_article_has_a_row_before_its_first_click() -> None:
    state = folded(click("u", "a"))
    row = state.publish_article("b", START_MS - 1000, "economia")
    assert state.article_row("b") == row
    assert state.articles.first_ms[row] == START_MS - 1000


def test_sections_are_distinguished_up_to_a_bound() -> None:
    state = folded(*(click("u", f"a{n}", n / 60, section=f"s{n}") for n in range(MOST_SECTIONS + 50)))
    assert len(state.articles.sections) == MOST_SECTIONS
    row = state.article_row(f"a{MOST_SECTIONS + 49}")
    assert state.articles.section[row] == 0


def clustered(*events: LiveEvent) -> LiveState:
    state = LiveState(small_params())
    state.clusters.assignment = lambda user: {"u": 0, "v": 3, "w": MOST_CLUSTERS}.get(user, -1)
    state.fold(events)
    return state


def in_cluster(state: LiveState, cluster: int, article: str, window: str = "24h") -> float:
    place, row = windows.TREND.index(window), state.article_row(article)
    factor = state.counts.decay.factors(state.now_ms)[windows.INDEX[window]]
    return float(state.counts.trends.sums[place, REGIONS + cluster, row] * factor)


def test_a_click_counts_for_the_cluster_of_its_reader_in_every_window() -> None:
    state = clustered(click("u", "a"), click("u", "b"), click("v", "b"), click("stranger", "b"), click("w", "b"))
    for window in windows.TREND:
        assert [in_cluster(state, cluster, "b", window) for cluster in (0, 3)] == pytest.approx([1, 1])
        assert [in_cluster(state, cluster, "a", window) for cluster in (0, 3)] == pytest.approx([1, 0])
    assert state.counts.trends.sums[:, REGIONS:].sum() == pytest.approx(3 * len(windows.TREND))


def test_an_erased_reader_has_no_cluster_from_then_on(tmp_path: Path) -> None:
    state = clustered(click("u", "a"))
    state.forget("u")
    save_state(state, tmp_path)
    restarted = load_state(tmp_path, small_params())
    restarted.clusters.assignment = state.clusters.assignment
    for each in (state, restarted):
        each.fold([click("u", "a", 1), click("v", "a", 1)])
        assert [in_cluster(each, cluster, "a") for cluster in (0, 3)] == pytest.approx([1, 1], rel=1e-2)
    assert digest_of(state) == digest_of(restarted)


def test_made_up_articles_do_not_make_the_state_grow() -> None:
    reader = [click("u", f"a{number}", number, "s") for number in range(3)]
    flood = [click(f"bot{number % 7}", f"flood{number}", 3 + number / 60) for number in range(2000)]
    state = folded(*reader, LiveEvent("u", kind=Kind.IMPRESSION, article="a2", time_ms=START_MS + 180_000), readers=40)
    for start in range(0, len(flood), 100):
        honest = [click("u", "a2", 4 + start / 60, "s"), click(f"honest{start}", "a2", 4 + start / 60)]
        state.fold([*honest, *flood[start : start + 100]])
    assert state.articles.renumbered > 10
    assert len(state.articles.ids) <= 2 * 40 + 2
    assert state.shown_to("u") == {"a2": 1}
    read = [
        state.articles.ids[number] for number in state.readers.reads(state.readers.find(reader_key("u", ""))).tolist()
    ]
    assert read[:20] == ["a2"] * 20
    assert set(read[20:]) <= {"", "a2"}
    rows = state.articles.live_rows().tolist()
    assert [state.article_row(state.article_id(row)) for row in rows] == rows


def test_impressions_are_bounded_by_readers_and_by_pairs() -> None:
    shown = ImpressionCounts(capacity=16)
    for turn in range(16 * 100):
        shown.add(turn % 16, turn)
        assert shown.pairs <= max(MEAN * 16, PER_READER)
    assert shown.pairs == len(shown.rows())
    assert shown.of(15)[1599] == 1
    for number in range(2 * PER_READER):
        shown.add(99, number)
    assert list(shown.of(99)) == list(range(PER_READER, 2 * PER_READER))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 600)), max_size=200))
def test_impressions_are_counted_as_in_a_dictionary(seen: list[tuple[int, int]]) -> None:
    shown = ImpressionCounts(capacity=1000)
    for key, number in seen:
        shown.add(key, number)
    again = ImpressionCounts(capacity=1000)
    again.restore(shown.rows())
    for each in (shown, again):
        assert {(key, number): n for key in range(1, 21) for number, n in each.of(key).items()} == Counter(seen)
        assert each.pairs == len(set(seen))


def test_each_article_that_a_user_was_shown_takes_memory() -> None:
    shown = [LiveEvent("u", kind=Kind.IMPRESSION, article=article, time_ms=START_MS) for article in ("a1", "a2")]
    state = folded(click("u", "a1"), click("u", "a2"), shown[0])
    before = memory_bytes(state)
    state.fold(shown[1:])
    assert memory_bytes(state) == before + 6


def test_the_counts_of_networks_follow_their_articles_when_numbers_are_assigned_again() -> None:
    state = folded(readers=40)
    for start in range(0, 600, 50):
        numbers = range(start, start + 50)
        state.fold([click(f"u{n % 7}", f"flood{n}", n / 60, network="0a000001") for n in numbers])
    assert state.articles.renumbered
    numbered = {int(key) & 0xFFFFFFFF for key in state.sources.arrays()["keys"]} - {0xFFFFFFFF}
    assert numbered
    assert max(numbered) < len(state.articles.ids)
