"""What a visit read before its login counts as read by the user, in every process alike."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest
from script_shared.events.person import session_name
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from script_shared.news.state.visits import Visits
from tests.script_shared.news.events_made import START_MS, small_params

PARAMS = small_params()


def entry(seq, kind, user="", session="", page="", **body):
    said = {"session": session} if session else {}
    return Entry(f"e{seq}", kind, START_MS + 1000 * seq, user, page, said | body, seq)


def click(seq, user, session, page):
    return entry(seq, Kind.CLICK, user, session, page)


def erasure(seq, name):
    return Entry(f"e{seq}", Kind.ERASE, START_MS + 1000 * seq, body={"digest": user_digest(name)}, seq=seq)


def room_of(*entries):
    room = Newsroom(LiveState(PARAMS))
    room.apply(entries)
    assert not room.has_failed
    return room


def test_reads_of_a_visit_before_the_login_count_for_the_user():
    room = room_of(click(1, "", "v", "a1"), click(2, "", "v", "a2"), click(3, "ana", "v", "a3"))
    assert room.reads.read_by("ana", "") == {"a1", "a2", "a3"}
    assert room.reads.read_by("ana", "another visit") == {"a1", "a2", "a3"}
    assert room.reads.read_by("", "v") == {"a1", "a2"}
    assert room.reads.latest_reads("ana", "", 5) == ["a1", "a2", "a3"]


def test_a_login_without_a_click_has_the_same_effect():
    room = room_of(click(1, "", "v", "a1"), entry(2, Kind.LOGIN, "ana", "v"))
    assert room.reads.read_by("ana", "") == {"a1"}
    assert room.now_ms == START_MS + 1000  # nobody clicked then


def test_reads_of_a_visit_without_the_user_after_the_login_count_for_the_user():
    room = room_of(click(1, "ana", "v", "a1"), click(2, "", "v", "a2"), entry(3, Kind.IMPRESSION, "", "v", "a3"))
    assert room.reads.read_by("ana", "") == {"a1", "a2"}
    assert room.reads.read_by("", "v") == {"a2"}
    assert room.reads.shown_to("ana", "") == {"a3": 1}


def test_a_second_user_of_a_visit_gets_its_reads_from_then_on():
    room = room_of(*[click(n, user, "v", f"a{n}") for n, user in enumerate(["", "ana", "", "rui", ""], 1)])
    assert room.reads.read_by("ana", "") == {"a1", "a2", "a3"}
    assert room.reads.read_by("rui", "") == {"a4", "a5"}


def test_the_visit_of_a_known_user_continues_after_the_login():
    early = [click(1, "ana", "yesterday", "a1"), click(2, "ana", "yesterday", "a2")]
    room = room_of(*early, click(90_000, "", "v", "a3"), click(90_001, "ana", "v", "a4"))
    state = room.state
    rows = [state.article_row(page) for page in ("a4", "a3", "a2", "a1")]
    now, before = state.reads_of("ana", "v", state.now_ms)
    assert [*now.tolist(), *before.tolist()] == rows
    assert len(now) == 2


def test_impressions_before_the_login_count_against_the_user():
    shown = [entry(n, Kind.IMPRESSION, "", "v", "a1", proof="answer") for n in (1, 2)]
    room = room_of(
        click(3, "", "v", "a2"), *[replace(one, seq=one.seq + 3) for one in shown], click(9, "ana", "v", "a3")
    )
    assert room.reads.shown_to("ana", "") == {"a1": 2}


def test_an_erasure_of_a_user_also_erases_the_visits():
    room = room_of(
        click(1, "", "v", "a1"),
        click(2, "ana", "v", "a2"),
        erasure(3, "ana"),
        erasure(4, "session v"),
        click(5, "", "v", "a3"),
    )
    assert room.reads.read_by("ana", "") == set()
    assert room.reads.read_by("", "v") == {"a3"}


def test_visits_survive_a_snapshot(tmp_path):
    first = room_of(click(1, "", "v", "a1"), click(2, "ana", "v", "a2"))
    save_state(first.state, tmp_path)
    second = Newsroom(load_state(tmp_path, PARAMS), seq=2)
    for room in (first, second):
        room.apply([click(3, "", "v", "a3")])
        assert room.reads.read_by("ana", "") == {"a1", "a2", "a3"}
    assert first.digest() == second.digest()


def test_a_snapshot_of_an_earlier_version_has_no_visits(tmp_path):
    save_state(room_of(click(1, "ana", "v", "a1")).state, tmp_path)
    for file in (tmp_path / "visits").iterdir():
        file.unlink()
    (tmp_path / "visits").rmdir()
    assert len(load_state(tmp_path, PARAMS).visits) == 0


def test_visits_are_bounded():
    known = Visits(most=100)
    for visit in range(1, 1_000):
        known.join(visit, 7)
        assert len(known) <= 100
    assert known.user(999) == 7
    assert known.user(1) == 0


def test_a_click_of_another_clock_also_identifies_the_user():
    room = Newsroom(LiveState(PARAMS))
    room.run_on(START_MS, 3_600_000)
    late = replace(click(3, "ana", "v", "a3"), time_ms=START_MS + 10 * 3_600_000)
    room.apply([click(1, "", "v", "a1"), replace(click(2, "", "v", "a2"), time_ms=late.time_ms), late])
    assert room.reads.read_by("ana", "") == {"a1", "a2", "a3"}


def test_logins_are_followed_even_if_the_live_state_failed():
    room = room_of(click(1, "", "v", "a1"))
    room.state_fold.has_failed = True
    room.apply([click(2, "", "v", "a2"), click(3, "ana", "v", "a3"), click(4, "", "v", "a4")])
    assert room.reads.read_by("ana", "") == {"a1", "a2", "a3", "a4"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from([Kind.CLICK, Kind.CLICK, Kind.LOGIN, Kind.ERASE]),
        st.sampled_from(["", "ana", "rui"]),
        st.sampled_from(["", "v", "w"]),
        st.integers(0, 9),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(STEPS, st.integers(0, 40))
def test_reads_follow_the_rule_for_any_order_of_events_even_if_the_state_fails(steps, fails_at):
    room, read, owner = Newsroom(LiveState(PARAMS)), {}, {}
    for seq, (kind, user, session, page) in enumerate(steps, 1):
        name = user or session_name(session)
        if seq == fails_at:
            room.state_fold.has_failed = True
        if kind == Kind.ERASE:
            room.apply([erasure(seq, name)])
            read.pop(name, None)
            owner = {visit: whose for visit, whose in owner.items() if name not in (visit, whose)}
            continue
        room.apply([entry(seq, kind, user, session, f"a{page}")])
        if user and session:
            visit = session_name(session)
            if visit not in owner:
                read.setdefault(user, set()).update(read.get(visit, ()))
            owner[visit] = user
        if kind == Kind.CLICK and name:
            for whose in {name, owner.get(name, name)}:
                read.setdefault(whose, set()).add(f"a{page}")
    for user, session in (("ana", ""), ("rui", ""), ("", "v"), ("", "w")):
        assert room.reads.read_by(user, session) == read.get(user or session_name(session), set())


@pytest.mark.parametrize("batch", [1, 3])
def test_impressions_folded_before_a_failure_count_once(monkeypatch, batch):
    room = Newsroom(LiveState(PARAMS))
    fails = click(batch + 1, "ana", "", "broken")
    take = LiveState._click

    def broken(state, event):
        if event.article == "broken":
            raise RuntimeError("broken on purpose")
        return take(state, event)

    monkeypatch.setattr(LiveState, "_click", broken)
    seen = [entry(n, Kind.IMPRESSION, "ana", "", "a1", proof="answer") for n in range(1, batch + 1)]
    after = entry(batch + 2, Kind.IMPRESSION, "ana", "", "a1", proof="answer")
    room.apply([*seen, fails, after])
    assert room.has_failed
    assert room.reads.shown_to("ana", "") == {"a1": batch + 1}
    assert room.reads.read_by("ana", "") == {"broken"}
