from hypothesis import given
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS, Clock, clock_mode, wall_ms


@given(st.lists(st.integers(0, 2**41)))
def test_a_data_clock_never_runs_backwards(events):
    clock, seen = Clock("data", 0), []
    for event in events:
        clock.advance(event)
        seen.append(clock.now_ms())
    assert seen == sorted(seen)
    assert clock.now_ms() == max(events, default=0)


def test_a_wall_clock_ignores_events():
    clock = Clock("wall", 0)
    clock.advance(wall_ms() + 10 * HOUR_MS)
    assert abs(clock.now_ms() - wall_ms()) < 1_000


def test_data_of_2022_runs_on_data_time_and_fresh_data_on_wall_time():
    made_at = wall_ms()
    assert clock_mode(1_660_532_387_000, made_at, 48) == "data"
    assert clock_mode(made_at - 2 * HOUR_MS, made_at, 48) == "wall"
