"""Everybody who folds the same entries knows the same, however they came."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from script_shared.params import load_params
from tests.script_shared.news.events_made import START_MS, small_params

PARAMS = load_params(NewsParams, FILE).live.model_copy(update={"articles": 16, "known_articles": 40, "readers": 20})
START = 1_660_532_400_000
HOUR_MS = 3_600_000

kinds = st.sampled_from([Kind.CLICK] * 5 + [Kind.IMPRESSION, Kind.ARTICLE, Kind.ERASE])
told = st.lists(st.tuples(kinds, st.integers(0, 4), st.integers(0, 25), st.integers(-2, 5), st.booleans()), max_size=60)


def entries_of(told):
    now, entries = START, []
    for seq, (kind, user, article, minutes, flag) in enumerate(told, 1):
        now += minutes * 60_000
        body = {"session": f"s{flag}"}
        if kind == Kind.ARTICLE:
            body = {"title": "t", "hidden": flag, "issued_ms": now - article * HOUR_MS * 20}
        if kind == Kind.ERASE:
            body = {"digest": user_digest(f"u{user}")}
        page = "" if kind == Kind.ERASE else f"a{article}"
        entries.append(Entry(f"e{seq}", kind, now, f"u{user}", page, body, seq))
    return entries


@settings(deadline=None)
@given(told, st.lists(st.integers(0, 60), max_size=6))
def test_the_state_does_not_depend_on_how_entries_were_cut_or_repeated(told, cuts):
    entries = entries_of(told)
    whole = Newsroom(LiveState(PARAMS))
    whole.apply(entries)
    pieces = Newsroom(LiveState(PARAMS))
    start = 0
    for cut in [*sorted(cuts), len(entries)]:
        pieces.apply(entries[max(0, start - 3) : cut])  # a few of them once more
        start = cut
    assert pieces.digest() == whole.digest()
    assert pieces.seq == whole.seq
    for user in range(5):
        assert pieces.reads.read_by(f"u{user}", "") == whole.reads.read_by(f"u{user}", "")


@settings(deadline=None)
@given(told, st.integers(0, 60))
def test_who_read_what_is_known_also_after_the_live_state_failed(told, cut):
    entries = [entry for entry in entries_of(told) if entry.kind in (Kind.CLICK, Kind.ERASE)]
    newsroom = Newsroom(LiveState(PARAMS))
    newsroom.apply(entries[:cut])
    newsroom.state_fold.has_failed = True
    newsroom.apply(entries[cut:])
    expected = {}
    for entry in entries:
        if entry.kind == Kind.CLICK:
            expected.setdefault(user_digest(entry.user_id), set()).add(entry.article_id)
        else:
            expected.pop(entry.body["digest"], None)
    for user in range(5):
        assert newsroom.reads.read_by(f"u{user}", "") == expected.get(user_digest(f"u{user}"), set())


def test_a_snapshot_goes_on_where_it_was_taken(tmp_path):
    entries = entries_of([(Kind.CLICK, n % 4, n % 20, 1, False) for n in range(50)])
    first = Newsroom(LiveState(PARAMS))
    first.apply(entries[:30])
    save_state(first.state, tmp_path)
    second = Newsroom(load_state(tmp_path, PARAMS), seq=30)
    for newsroom in (first, second):
        newsroom.apply(entries)
    assert first.digest() == second.digest()


def test_what_lasts_is_taken_over_from_before_a_snapshot():
    newsroom = Newsroom(LiveState(PARAMS), seq=9)
    newsroom.remember(
        [
            Entry("a", Kind.ARTICLE, START, "", "a1", {"taken_down": True}, 3),
            Entry("b", Kind.ERASE, START, body={"digest": user_digest("u")}, seq=4),
        ]
    )
    assert newsroom.editorial.get("a1").taken_down
    assert not newsroom.knows_reader("u")
    assert newsroom.knows_reader("somebody else")


@pytest.mark.parametrize("hours", [1, 200])
def test_an_article_too_old_to_be_recommended_takes_no_place_in_the_live_state(hours):
    newsroom = Newsroom(LiveState(PARAMS))
    newsroom.apply([Entry("a", Kind.ARTICLE, START, "", "a1", {"issued_ms": START - hours * HOUR_MS}, 1)])
    assert (newsroom.state.article_row("a1") >= 0) == (hours == 1)


def test_a_publication_beyond_all_dates_does_not_bring_the_live_state_down():
    room = Newsroom(LiveState(small_params()))
    far = [10**30, -(10**30), 1 << 63]
    room.apply(
        [
            Entry(f"p{seq}", Kind.ARTICLE, START_MS, "", f"x{seq}", {"issued_ms": ms}, seq)
            for seq, ms in enumerate(far, 1)
        ]
    )
    room.apply([Entry("c", Kind.CLICK, START_MS, "u", "x1", {}, 9)])
    assert not room.has_failed
    assert room.reads.read_by("u", "") == {"x1"}


def test_a_click_of_another_clock_leaves_only_that_it_was_read():
    room, years = Newsroom(LiveState(PARAMS)), 4 * 365 * 24 * HOUR_MS
    room.run_on(START, 30 * 24 * HOUR_MS)
    days = [Entry(f"d{n}", Kind.CLICK, START + n * 20 * 24 * HOUR_MS, "u1", f"a{n}", {}, n) for n in (1, 2)]
    wall = [Entry("w", Kind.CLICK, START + years, "u2", "a9", {}, 3), Entry("x", Kind.CLICK, START, "u2", "a8", {}, 4)]
    room.apply([*days, *wall])
    assert (room.now_ms, room.seq, room.state.events) == (days[-1].time_ms, 4, 3)
    assert room.reads.read_by("u2", "") == {"a8", "a9"}
    room.apply([Entry("e", Kind.ERASE, START, body={"digest": user_digest("u2")}, seq=5)])
    assert room.reads.read_by("u2", "") == set()


def test_a_post_without_section_or_publication_changes_neither():
    room = Newsroom(LiveState(PARAMS))
    row = room.state.publish_article("a", START - 20 * HOUR_MS, "economia")
    room.apply([Entry("p", Kind.ARTICLE, START, "", "a", {"title": "Outro"}, 1)])
    assert room.state.articles.first_ms[row] == START - 20 * HOUR_MS
    assert room.state.articles.section[row] == room.state.articles.section_code("economia") > 0


def test_the_live_state_knows_the_section_that_an_address_says():
    room = Newsroom(LiveState(PARAMS))
    url = "https://site.example/saude/noticia/a.ghtml"
    room.apply([Entry("p", Kind.ARTICLE, START, "", "a", {"url": url}, 1)])
    row = room.state.article_row("a")
    assert room.state.articles.section[row] == room.state.articles.section_code("SAÚDE") > 0
