"""The wall clock may leap: nothing fails, nothing counts twice, and what is read most is right again soon after."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.errors import ReleaseCorruptError
from script_shared.events import Entry, Kind
from script_shared.news.counting.decay import Decay
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.trending import trending
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from script_shared.news.state.state_time import TURNS
from tests.script_shared.news.events_made import START_MS, click, folded, small_params

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LEAPS = st.sampled_from([0, 0, 0, 1_000, -500, 60_000, -HOUR_MS, HOUR_MS, DAY_MS, -DAY_MS, -2 * DAY_MS, 400 * DAY_MS])
WALKS = st.lists(st.tuples(LEAPS, st.integers(0, 20_000)), max_size=80)


def clicks(room: Newsroom, page: str, count: int, time_ms: int, step_ms: int = 1000) -> int:
    """Send clicks on a page, one after another; the time after them."""
    start = room.seq
    for n in range(count):
        entry = Entry(f"{start + n}", Kind.CLICK, time_ms + n * step_ms, f"u{start + n}", page, {}, start + n + 1)
        room.apply([entry])
    return time_ms + count * step_ms


def top(room: Newsroom, window: str = "10m") -> str:
    state = room.state
    assert state is not None
    return str(trending(state, [""] * state.articles.used, window)["overall"]["articles"][0]["article"])


@settings(max_examples=80, deadline=None)
@given(WALKS)
def test_no_walk_of_the_clock_brings_the_state_down(walk: list[tuple[int, int]]) -> None:
    room, wall = Newsroom(LiveState(small_params())), START_MS
    for number, (leap, step) in enumerate(walk):
        wall += leap + step
        room.apply([Entry(str(number), Kind.CLICK, wall, f"u{number % 7}", f"a{number % 5}", {}, number + 1)])
        assert not room.has_failed
        state = room.state
        assert state is not None
        for now_ms in (wall, wall - 2 * DAY_MS, wall + DAY_MS, state.now_ms):
            factors = np.array(state.counts.decay.factors(now_ms))
            assert ((factors >= 0) & (factors <= 1)).all()
            top(room)
            assert len(room.last_hour.top(now_ms, 3)) <= 3
    for counts in room.state.counts.of_articles if room.state else ():
        assert np.isfinite(counts.sums).all()
        assert np.isfinite(counts.totals).all()


@pytest.mark.parametrize("window", ["2m", "10m", "1h", "6h", "24h"])
def test_what_is_read_most_is_right_after_a_day_ahead_and_back(window: str) -> None:
    room = Newsroom(LiveState(small_params()))
    now = clicks(room, "before", 300, START_MS)
    clicks(room, "ahead", 200, now + DAY_MS)
    now = clicks(room, "after", TURNS + 20, now)
    assert room.state is not None
    assert room.now_ms == room.state.now_ms == now - 1000
    now = clicks(room, "after", 400, now)
    assert top(room, window) == "after"
    assert room.last_hour.top(now, 1) == ["after"]


def test_a_clock_that_was_two_days_ahead_for_long_ends_in_the_present() -> None:
    room = Newsroom(LiveState(small_params()))
    clicks(room, "ahead", 5000, START_MS + 2 * DAY_MS, 10)
    now = clicks(room, "after", 500, START_MS)
    assert room.now_ms == now - 1000
    assert top(room, "10m") in ("ahead", "after")
    now = clicks(room, "after", 500, now + 20 * HOUR_MS)
    assert top(room) == "after"


def test_events_that_were_late_when_they_came_turn_nothing_back() -> None:
    state = folded(*[click("u1", "a1", minute) for minute in range(100)])
    late = [
        LiveEvent(f"u{n % 9}", kind=Kind.CLICK, article="a2", time_ms=START_MS - 5 * HOUR_MS + n, late=True)
        for n in range(10 * TURNS)
    ]
    state.fold(late)
    assert state.now_ms == START_MS + 99 * 60_000
    assert state.time.turned == 0


def test_one_machine_with_a_slow_clock_turns_nothing_back_while_others_send() -> None:
    state = folded(click("u0", "a0"))
    for minute in range(5 * TURNS):
        state.fold([click("u1", "a1", minute), click("u2", "a2", minute - 60)])
    assert state.time.turned == 0


def test_time_does_not_turn_back_on_the_time_of_history() -> None:
    room = Newsroom(LiveState(small_params()))
    room.run_on(START_MS + DAY_MS, 30 * DAY_MS)
    clicks(room, "a1", 1, START_MS + DAY_MS)
    clicks(room, "a2", 3 * TURNS, START_MS)
    assert room.now_ms == START_MS + DAY_MS


def test_what_was_counted_is_worth_at_the_turn_what_it_was_worth_before() -> None:
    decay = Decay([1.0, 24.0])
    decay.move_landmarks(START_MS)
    weights = decay.weights(START_MS)
    before = [weight * factor for weight, factor in zip(weights, decay.factors(START_MS), strict=True)]
    turned = decay.turn_back(START_MS - DAY_MS)
    after = [weights[w] * factor * decay.factors(START_MS - DAY_MS)[w] for w, factor in turned]
    assert after == pytest.approx(before)


@pytest.mark.parametrize("now_ms", [10**15, 10**19, START_MS])
def test_a_snapshot_that_stands_beyond_all_dates_loads_and_comes_back_to_the_present(
    tmp_path: Path, now_ms: int
) -> None:
    save_state(folded(*[click(f"u{n}", "a1", n) for n in range(9)]), tmp_path)
    saved = json.loads((tmp_path / "state.json").read_text())
    moved = now_ms - saved["now_ms"]
    saved |= {"now_ms": now_ms, "landmarks": [landmark + moved for landmark in saved["landmarks"]]}
    (tmp_path / "state.json").write_text(json.dumps(saved))
    room = Newsroom(load_state(tmp_path, small_params()))
    now = clicks(room, "after", 2 * TURNS, START_MS + DAY_MS)
    assert not room.has_failed
    assert room.now_ms == now - 1000


@pytest.mark.parametrize("landmark", [0, START_MS + DAY_MS])
def test_a_snapshot_whose_landmarks_fit_no_event_is_damaged(tmp_path: Path, landmark: int) -> None:
    save_state(folded(click("u1", "a1")), tmp_path)
    saved = json.loads((tmp_path / "state.json").read_text())
    (tmp_path / "state.json").write_text(json.dumps(saved | {"landmarks": [landmark] * len(saved["landmarks"])}))
    with pytest.raises(ReleaseCorruptError, match="landmarks"):
        load_state(tmp_path, small_params())
