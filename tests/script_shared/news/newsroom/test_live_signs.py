"""History becomes the present at one entry of the log, for every process alike, and not before the signs are enough."""

from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.live_signs import LIVE_READERS, MARK, READER, SITE, STRANGER
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from tests.script_shared.news.events_made import START_MS, small_params

DAY_MS = 86_400_000
NOW_MS = START_MS + 3 * DAY_MS  # an export of a few days ago, nearer than any pause that is too long


def history(*, may_switch: bool = True) -> Newsroom:
    room = Newsroom(LiveState(small_params()))
    room.run_on(START_MS, 30 * DAY_MS, may_switch=may_switch)
    return room


def marked(seq: int, user: str, mark: str = READER, kind: Kind = Kind.CLICK) -> Entry:
    return Entry(f"e{seq}", kind, NOW_MS + seq, user, "a1", {MARK: mark}, seq)


def test_an_event_of_the_present_moves_no_history_and_its_article_counts_as_read() -> None:
    room = history()
    room.apply([marked(1, "u1"), marked(2, "u1", kind=Kind.IMPRESSION)])
    assert (room.now_ms, room.live) == (START_MS, False)
    assert room.reads.read_by("u1", "") == {"a1"}
    assert room.reads.shown_to("u1", "") == {"a1": 1}


def test_the_last_reader_that_is_needed_brings_the_present() -> None:
    room = history()
    room.apply([marked(n, f"u{n}") for n in range(1, LIVE_READERS)])
    assert not room.live
    room.apply([marked(99, "one more")])
    assert room.live
    assert room.now_ms == NOW_MS + 99


def test_one_word_of_the_site_is_enough_and_none_of_strangers() -> None:
    strangers, site = history(), history()
    strangers.apply([marked(n, f"u{n}", STRANGER) for n in range(1, 50)])
    site.apply([marked(1, "", SITE, Kind.ARTICLE)])
    assert (strangers.live, site.live) == (False, True)


def test_history_that_stays_is_moved_by_no_sign() -> None:
    room = history(may_switch=False)
    room.apply([marked(1, "u1", SITE), *(marked(n, f"u{n}") for n in range(2, 40))])
    assert (room.now_ms, room.live) == (START_MS, False)


def test_an_erased_reader_is_no_sign() -> None:
    room = history()
    room.apply([marked(n, f"u{n}") for n in range(1, LIVE_READERS)])
    room.apply([Entry("x", Kind.ERASE, NOW_MS, body={"digest": user_digest("u1")}, seq=50), marked(51, "new")])
    assert not room.live


ENTRIES = st.lists(
    st.tuples(st.integers(0, 14), st.sampled_from([None, None, READER, STRANGER, SITE])), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.integers(1, 60))
def test_any_batching_switches_at_the_same_entry(drawn: list[tuple[int, str | None]], cut: int) -> None:
    entries = [
        marked(n, f"u{user}", mark) if mark else Entry(f"e{n}", Kind.CLICK, START_MS + n, f"u{user}", "a2", {}, n)
        for n, (user, mark) in enumerate(drawn, 1)
    ]
    at_once, in_parts = history(), history()
    at_once.apply(entries)
    in_parts.apply(entries[:cut])
    in_parts.apply(entries[cut:])
    assert (at_once.live, at_once.now_ms, at_once.digest()) == (in_parts.live, in_parts.now_ms, in_parts.digest())


def test_a_click_of_the_present_counts_for_the_user_of_the_visit_at_that_time_in_any_batching() -> None:
    of_visit = {"session": "s1"}
    entries = [
        Entry("e1", Kind.CLICK, START_MS + 1, "u1", "a0", of_visit, 1),
        Entry("e2", Kind.CLICK, START_MS + 2, "u2", "a0", of_visit, 2),
        Entry("e3", Kind.CLICK, NOW_MS, "", "a9", {**of_visit, MARK: STRANGER}, 3),
    ]
    at_once, one_by_one = history(), history()
    at_once.apply(entries)
    for entry in entries:
        one_by_one.apply([entry])
    assert at_once.reads.as_json() == one_by_one.reads.as_json()
    assert "a9" in at_once.reads.read_by("u2", "")
    assert "a9" not in at_once.reads.read_by("u1", "")
