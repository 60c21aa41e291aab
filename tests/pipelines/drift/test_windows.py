"""Windows: the newest one is compared with similar earlier ones, whose own differences are usual."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.drift import Window, compare, newest_window, windows_before
from pipelines.drift.windows import usual_index

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def window(end: datetime, hours: float = 24) -> Window:
    return newest_window(round(end.timestamp() * 1000), hours)


@pytest.mark.parametrize("weeks", [4, 9])
def test_a_weekday_is_compared_with_the_same_weekday_where_there_are_enough(weeks: int) -> None:
    newest = window(MONDAY)
    found = windows_before(newest, MONDAY - timedelta(weeks=weeks, days=2), MONDAY)
    assert len(found) == weeks
    assert {each.weekday for each in found} == {newest.weekday}
    assert all(each.end.hour == 9 for each in found)


def test_with_fewer_weeks_a_working_day_is_compared_with_working_days() -> None:
    newest = window(datetime(2026, 3, 3, tzinfo=UTC))  # a Monday
    found = windows_before(newest, newest.end - timedelta(days=14), newest.start)
    assert found
    assert all(each.weekday < 5 for each in found)


def test_with_few_days_all_are_used_and_none_ends_after_the_reference() -> None:
    newest = window(MONDAY)
    found = windows_before(newest, MONDAY - timedelta(days=5), newest.start - timedelta(days=1))
    assert [each.end for each in found] == [newest.end - timedelta(days=days) for days in (2, 3, 4)]
    assert windows_before(newest, MONDAY - timedelta(days=1), newest.start) == []


def test_windows_longer_than_a_day_do_not_overlap() -> None:
    found = windows_before(window(MONDAY, 36), MONDAY - timedelta(days=20), MONDAY)
    assert all(later.start >= earlier.end for later, earlier in itertools.pairwise(found))


def test_the_usual_index_is_exceeded_by_few_windows_without_drift() -> None:
    draw = np.random.default_rng(3)
    roots = np.abs(draw.normal(0.2, 0.05, (4000, 9)))
    above = np.mean([row[0] ** 2 > usual_index(row[1:] ** 2) for row in roots])
    assert above < 0.015
    assert usual_index([0.2]) == 0.0


def day(seed: int, *, rows: int = 3000, mean: float = 0.0, sport: float = 0.3) -> pl.DataFrame:
    """A day whose values differ from other days by more than chance."""
    draw = np.random.default_rng(seed)
    mood = draw.normal(0, 0.25)
    share = min(max(sport + draw.normal(0, 0.08), 0.02), 0.98)
    return pl.DataFrame(
        {
            "age": draw.normal(mean + mood, 1, rows),
            "section": np.where(draw.random(rows) < share, "sport", "news"),
        }
    )


def alarms(now: pl.DataFrame, days: list[pl.DataFrame], *, usual: bool) -> bool:
    drift = compare(
        pl.concat(days),
        now,
        names=("before", "now"),
        numbers=["age"],
        categories=["section"],
        used=["age", "section"],
        windows=days if usual else (),
    )
    return any(each.level != "none" for each in drift.shifts)


def test_windows_without_rows_do_not_make_a_planted_shift_usual() -> None:
    days = [day(seed) for seed in range(12)]
    assert alarms(day(200, sport=0.9), [*days, days[0].clear(), days[0].clear()], usual=True)


def test_usual_differences_between_days_raise_no_alarm_and_a_planted_shift_does() -> None:
    days = [day(seed) for seed in range(12)]
    normal = [alarms(day(seed), days, usual=True) for seed in range(100, 160)]
    assert np.mean(normal) <= 0.05
    assert np.mean([alarms(day(seed), days, usual=False) for seed in range(100, 160)]) > 0.1  # why windows are needed
    assert np.mean([alarms(day(seed, mean=2.0), days, usual=True) for seed in range(200, 220)]) >= 0.95
    assert np.mean([alarms(day(seed, sport=0.9), days, usual=True) for seed in range(200, 220)]) >= 0.95
