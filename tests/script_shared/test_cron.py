"""A schedule that no scheduler could read is refused where it is set."""

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from script_shared.cron import FIELDS, PRESETS, cron
from script_shared.errors import SettingsError
from script_shared.settings import load_settings


def _part(lowest: int, highest: int, words: tuple[str, ...]) -> st.SearchStrategy[str]:
    number = st.integers(lowest, highest)
    pair = st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}")
    step = st.tuples(st.one_of(st.just("*"), pair), st.integers(1, 20)).map(lambda two: f"{two[0]}/{two[1]}")
    some = [st.just("*"), number.map(str), pair, step, *([st.sampled_from(words)] if words else [])]
    return st.lists(st.one_of(some), min_size=1, max_size=3).map(",".join)


EXPRESSIONS = st.tuples(*(_part(field.lowest, field.highest, field.words) for field in FIELDS)).map(" ".join)


@given(EXPRESSIONS)
def test_what_is_taken_airflow_can_read(text: str):
    try:
        taken = cron(text)
    except ValueError:
        return  # no day fits it
    assert croniter.is_valid(taken)


@given(st.text(max_size=30))
def test_any_text_is_a_schedule_or_refused_in_words(text: str):
    try:
        taken = cron(text)
    except ValueError:
        return
    assert taken in PRESETS or croniter.is_valid(taken)


@pytest.mark.parametrize("text", ["0 3 * * *", "*/15 6-22 * * mon-fri", "0 0 1,15 jan,jul *", "5/10 * * * 0", *PRESETS])
def test_schedules_as_people_write_them_are_taken(text: str):
    assert cron(text) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("every hour", "not a cron expression"),
        ("@fortnightly", "not a cron expression"),
        ("0 3 * *", "not a cron expression"),
        ("60 3 * * *", "not valid as minute"),
        ("0 24 * * *", "not valid as hour"),
        ("0 3 0 * *", "not valid as day of the month"),
        ("0 3 * 13 *", "not valid as month"),
        ("0 3 * * monday", "not valid as day of the week"),
        ("0 3 * * 5-1", "count up"),
        ("*/0 * * * *", "steps of 1"),
        ("0 0 31 2 *", "has day 31"),
    ],
)
def test_a_wrong_schedule_is_refused_with_what_is_wrong(text: str, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        cron(text)


def test_the_settings_refuse_a_wrong_schedule_and_name_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PAUTA_DATA_SCHEDULE", "every hour")
    with pytest.raises(SettingsError, match=r"PAUTA_DATA_SCHEDULE: .*not a cron expression"):
        load_settings()
    monkeypatch.setenv("PAUTA_DATA_SCHEDULE", " 0 3 * * * ")
    assert load_settings().data_schedule == "0 3 * * *"
