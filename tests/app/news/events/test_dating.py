"""Who may move which clock: history by the token, at most as fast as real time by anybody; the present by nobody."""

import random
import time
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.news.events.dating import Dating
from script_shared.clock import EARLY_MS, HOUR_MS, Clock, wall_ms
from script_shared.events import Entry, Kind
from script_shared.live_signs import LATE, MARK, READER, SITE, STRANGER, LiveSigns

END = 1_660_532_387_000
LATE_HOURS = 24.0
DAY_MS = 24 * HOUR_MS


def dating(clock: Clock, *, by_site: bool = False, marked: bool = False) -> Dating:
    return Dating.of(clock, LATE_HOURS, by_site=by_site, marked=marked)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, for the test to move."""
    passed = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    return passed


def accepts(which: Dating, time_ms: int) -> bool:
    return not which.refusal(time_ms)


def test_on_wall_time_events_lie_in_the_past() -> None:
    now, which = wall_ms(), dating(Clock("wall", END))
    assert accepts(which, now - DAY_MS + 60_000)
    assert not accepts(which, now - DAY_MS - 60_000)
    assert not accepts(which, now + HOUR_MS)
    assert which.stamp(now)[1] == {}
    assert which.stamp(now - HOUR_MS)[1] == {LATE: True}


def test_a_token_moves_history_on_as_far_as_events_may_be_late() -> None:
    which = dating(Clock("data", END), by_site=True)
    assert accepts(which, END + DAY_MS)
    assert not accepts(which, END + DAY_MS + 1)


def test_a_stranger_moves_history_no_faster_than_real_time(seconds: list[float]) -> None:
    clock = Clock("data", END)
    assert not accepts(dating(clock), END + HOUR_MS)
    seconds[0] += 3600
    assert accepts(dating(clock), END + HOUR_MS)
    assert not accepts(dating(clock), END + HOUR_MS + EARLY_MS + 1)


@given(st.lists(st.tuples(st.floats(0, 3600), st.integers(0, 2), st.booleans()), max_size=60))
def test_strangers_gain_nothing_by_pushing_again_and_again_at_several_processes(
    steps: list[tuple[float, int, bool]],
) -> None:
    """Each push is as far as a process allows, and every process sees all pushes; releases are swapped meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        passed = [50.0]
        patch.setattr(time, "monotonic", lambda: passed[0])
        clocks = [Clock("data", END)]
        for wait, process, swaps in steps:
            made = Clock("data", END)  # of the next release, which loads meanwhile
            passed[0] += wait
            if process == len(clocks):
                clocks.append(Clock("data", clocks[0].data_end_ms - EARLY_MS))
                clocks[-1].advance(clocks[0].data_end_ms)
            at = process % len(clocks)
            if swaps:
                made.advance(clocks[at].data_end_ms)
                made.follow(clocks[at])
                clocks[at] = made
            pushed = clocks[at].reach_ms()
            for clock in clocks:
                clock.advance(pushed)
        assert clocks[0].now_ms() <= END + ceil((passed[0] - 50.0) * 1000) + EARLY_MS


@pytest.mark.parametrize("seed", range(3))
def test_parts_of_a_millisecond_do_not_add_up_between_processes(seconds: list[float], seed: int) -> None:
    draw, clocks = random.Random(seed), []
    for _ in range(3):
        clocks.append(Clock("data", END))
        seconds[0] += draw.random() / 1000
    begin = seconds[0]
    for _ in range(3000):
        seconds[0] += draw.random() / 1000 * draw.choice([0, 0, 1])
        pushed = clocks[draw.randrange(3)].reach_ms()
        for clock in clocks:
            clock.advance(pushed)
    assert clocks[0].now_ms() <= END + (seconds[0] - begin) * 1000 + 3 + EARLY_MS


def test_honest_events_go_on_after_the_site_moved_history(seconds: list[float]) -> None:
    clock = Clock("data", END)
    clock.advance(END + DAY_MS)
    assert accepts(dating(clock), END + DAY_MS)
    seconds[0] += 10
    assert accepts(dating(clock), END + DAY_MS + 10_000)
    assert not accepts(dating(clock), END + DAY_MS + 2 * EARLY_MS)


def test_a_new_release_lets_real_time_go_on(seconds: list[float]) -> None:
    old = Clock("data", END)
    seconds[0] += 600
    new = Clock("data", END)
    assert not accepts(dating(new), END + 600_000)
    new.follow(old)
    assert accepts(dating(new), END + 600_000)
    assert not accepts(dating(new), END + 600_000 + EARLY_MS + 1)


def test_history_that_stays_refuses_the_present_and_says_why() -> None:
    which = dating(Clock("data", END))
    assert "PAUTA_CLOCK" in which.refusal(wall_ms())
    assert which.stamp(None) == (END, {})


@pytest.mark.parametrize(("by_site", "mark"), [(False, READER), (True, SITE)])
def test_history_that_may_switch_accepts_the_present_and_marks_it(by_site: bool, mark: str) -> None:
    which, now = dating(Clock("data", END, may_switch=True), by_site=by_site), wall_ms()
    assert accepts(which, now)
    assert which.stamp(now)[1] == {MARK: mark}
    assert which.stamp(END - 5) == (END - 5, {})
    time_ms, marks = which.stamp(None)
    assert abs(time_ms - now) < 60_000
    assert marks == {MARK: mark}


def test_where_the_site_signs_its_events_the_users_of_others_are_no_signs() -> None:
    clock = Clock("data", END, may_switch=True)
    assert Dating.of(clock, LATE_HOURS, by_site=False, believed=False).stamp(None)[1] == {MARK: STRANGER}
    signs = LiveSigns()
    assert not any(signs.note(Entry("e", Kind.CLICK, 0, body={MARK: STRANGER}), number + 1) for number in range(99))


def test_before_the_first_release_the_present_is_marked() -> None:
    assert dating(Clock("wall", 0), marked=True).stamp(None)[1] == {MARK: READER}


@pytest.mark.parametrize(
    ("issued_ms", "new_text", "of_now"),
    [(wall_ms(), False, True), (None, True, True), (None, False, False), (END - 5, True, False)],
    ids=["issued now", "new text", "old text", "issued then"],
)
def test_a_post_is_of_the_present_when_its_publication_or_its_text_is(
    issued_ms: int | None, new_text: bool, of_now: bool
) -> None:
    which = dating(Clock("data", END, may_switch=True), by_site=True)
    time_ms, marks = which.stamp_post(issued_ms, new_text=new_text)
    assert (marks == {MARK: SITE}) == of_now
    assert (time_ms == END) != of_now


def test_a_post_on_history_that_stays_is_dated_by_it() -> None:
    assert dating(Clock("data", END), by_site=True).stamp_post(wall_ms(), new_text=True) == (END, {})


@pytest.mark.parametrize("by_site", [True, False])
def test_nobody_moves_data_time_beyond_the_present(by_site: bool) -> None:
    fresh = Clock("data", wall_ms() - HOUR_MS)
    assert not accepts(dating(fresh, by_site=by_site), wall_ms() + HOUR_MS)
