"""What the guard remembers: a restart at any look gives the same figures, and no user is named."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.guard.judged import Clicks, JudgedClick
from pipelines.guard.state import FILE, State, state_in
from pipelines.guard.tally import DAY_MS, Tally
from script_shared.clock import HOUR_MS
from script_shared.errors import InputError
from tests.pipelines.guard.simulated import MONDAY_MS, Site


def figures(tally: Tally) -> list[float]:
    sums = (
        tally.leads(),
        tally.changes(),
        tally.leads(today=True),
        *(s for h in tally.hours.values() for s in h.values()),
    )
    return [
        *(float(each) for s in sums for each in vars(s).values()),
        tally.clicks,
        tally.hits,
        tally.days,
        tally.answers,
    ]


@pytest.mark.parametrize("every", [1, 7])
def test_a_restart_after_each_look_changes_no_figure(tmp_path: Path, every: int) -> None:
    whole = State()
    before = Site(3, a_day=600)
    for clicks in before.looks("v1", 0.05, 48, every_hours=6):
        whole.add(clicks, 3)
    reference = whole.tally("v1").reference()
    assert set(reference) == set(range(24))
    whole.tally("v2").before = reference
    with state_in(tmp_path) as (_, keeper):
        keeper.save(whole)
    for number, clicks in enumerate(before.looks("v2", 0.0, 36, every_hours=3)):
        whole.add(clicks, 3)
        with state_in(tmp_path) as (state, keeper):
            state.add(clicks, 3)
            keeper.save(state)
        if number % every == 0:
            for release in ("v1", "v2"):
                with state_in(tmp_path) as (state, _):
                    assert np.allclose(figures(state.tally(release)), figures(whole.tally(release)))
    assert whole.tally("v2").changes().rate == pytest.approx(-0.05, abs=0.05)


def test_a_user_counts_once_a_day_whatever_the_number_of_clicks_and_looks() -> None:
    state = State()
    for hour in (1, 2, 30):
        clicks = [JudgedClick(MONDAY_MS + hour * HOUR_MS + each, "ana", "v1", True, False) for each in range(5)]
        state.add(Clicks(MONDAY_MS + (hour + 1) * HOUR_MS, clicks), 3)
    leads = state.tally("v1").leads()
    assert (leads.units, leads.size, leads.value, leads.value2) == (2, 15, 15, 10**2 + 5**2)
    assert state.tally("v1").days == 1


def test_no_user_is_in_the_file_and_pseudonyms_end_with_the_day(tmp_path: Path) -> None:
    state = State()
    state.add(Clicks(MONDAY_MS + 10, [JudgedClick(MONDAY_MS, "ana", "v1", True, False)]), 3)
    key, (pseudonym,) = state.key, state.tally("v1").today
    with state_in(tmp_path) as (_, keeper):
        keeper.save(state)
    text = (tmp_path / FILE).read_text()
    assert "ana" not in text
    assert pseudonym in text
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    state.add(Clicks(MONDAY_MS + DAY_MS + 1), 3)
    assert state.key != key
    assert not state.tally("v1").today


def test_only_one_look_at_a_time_and_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    with state_in(tmp_path), pytest.raises(InputError, match="another look"), state_in(tmp_path):
        pass
    (tmp_path / FILE).write_text("{")
    with pytest.raises(InputError, match=r"is damaged.*"), state_in(tmp_path):
        pass


def test_old_days_and_old_releases_are_forgotten() -> None:
    state = State()
    for day in range(30):
        at = MONDAY_MS + day * DAY_MS
        state.add(
            Clicks(
                at + HOUR_MS, [JudgedClick(at, "ana", f"v{day}", True, True), JudgedClick(at, "rui", "v0", True, True)]
            ),
            3,
        )
    assert len(state.tallies) <= 21
    assert set(state.tally("v0").hours) == {MONDAY_MS // DAY_MS + day for day in (26, 27, 28)}
