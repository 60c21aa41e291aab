import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.clock import HOUR_MS, Clock, choose_clock, clock_of, wall_ms


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
    assert choose_clock(1_660_532_387_000, made_at, 48).mode == "data"
    assert choose_clock(made_at - 2 * HOUR_MS, made_at, 48).mode == "wall"


@pytest.mark.parametrize("setting", ["wall", "data"])
@pytest.mark.parametrize("age_hours", [1, 10_000])
def test_a_setting_decides_whatever_the_age_and_never_changes_its_mind(setting, age_hours):
    choice = choose_clock(0, age_hours * HOUR_MS, 48, setting=setting, source="local")
    assert (choice.mode, choice.may_switch) == (setting, False)
    assert f"PAUTA_CLOCK is {setting}" in choice.why


@pytest.mark.parametrize(("source", "may_switch"), [("local", True), ("gdrive", True), (None, True), ("sample", False)])
def test_history_of_a_site_switches_to_wall_time_and_made_up_history_does_not(source, may_switch):
    choice = choose_clock(0, 72 * HOUR_MS, 48, source=source)
    assert (choice.mode, choice.may_switch) == ("data", may_switch)
    assert "3 days" in choice.why
    assert "PAUTA_CLOCK=wall" in choice.why


@pytest.mark.parametrize(("source", "mode"), [("local", "wall"), ("sample", "data")])
def test_a_site_that_posts_articles_is_live_however_old_its_files_are(source, mode):
    choice = choose_clock(0, 720 * HOUR_MS, 48, source=source, posted_ms=719 * HOUR_MS)
    assert choice.mode == mode
    assert choose_clock(0, 720 * HOUR_MS, 48, source=source, posted_ms=600 * HOUR_MS).mode == "data"


def test_a_release_keeps_its_choice_and_a_service_may_overrule_it():
    facts = {"data_end_ms": 5, **choose_clock(5, 72 * HOUR_MS, 48, source="local").facts()}
    clock = clock_of(facts)
    assert (clock.mode, clock.may_switch, clock.why) == ("data", True, facts["clock_why"])
    assert [clock_of(facts, setting).mode for setting in ("auto", "wall", "data")] == ["data", "wall", "data"]
    assert not clock_of(facts, "data").may_switch


def test_a_release_made_before_the_choice_was_kept_stays_on_its_clock():
    clock = clock_of({"clock_mode": "data", "data_end_ms": 5})
    assert (clock.mode, clock.may_switch) == ("data", False)


def test_a_clock_of_history_switches_once():
    clock = Clock("data", 5, may_switch=True)
    clock.switch()
    assert (clock.mode, clock.may_switch) == ("wall", False)
    assert abs(clock.now_ms() - wall_ms()) < 60_000
