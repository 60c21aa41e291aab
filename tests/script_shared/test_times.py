"""A time is read alike at every door, whatever its unit and spelling."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from script_shared.times import EARLIEST_MS, LATEST_MS, epoch_ms, iso, within_bounds

MOMENTS = st.integers(EARLIEST_MS, LATEST_MS)
SECONDS = st.integers(EARLIEST_MS // 1000, LATEST_MS // 1000)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS)
def test_milliseconds_microseconds_and_nanoseconds_of_a_moment_are_one_time(moment):
    spellings = (moment, moment * 1000, moment * 1_000_000, float(moment), str(moment), f" {moment} ", f"{moment}.")
    assert {epoch_ms(spelling) for spelling in spellings} == {moment}


@given(st.integers(EARLIEST_MS, LATEST_MS - 1), st.integers(0, 999))
def test_what_is_finer_than_a_millisecond_is_cut_off(moment, rest):
    assert epoch_ms(moment * 1000 + rest) == epoch_ms(moment * 1_000_000 + rest * 1000) == moment


@given(SECONDS)
def test_seconds_are_read_as_seconds(second):
    assert {epoch_ms(value) for value in (second, float(second), str(second), f"{second}.0")} == {second * 1000}


@given(st.integers(EARLIEST_MS, LATEST_MS))
def test_a_float_of_seconds_keeps_its_milliseconds(moment):
    assert epoch_ms(moment / 1000) == moment


@given(MOMENTS, ZONES)
def test_a_date_with_an_offset_is_the_moment_it_names(moment, zone):
    date = datetime.fromtimestamp(moment // 1000, UTC).astimezone(zone)
    assert {epoch_ms(date), epoch_ms(date.isoformat()), epoch_ms(date.isoformat(" "))} == {moment // 1000 * 1000}


@given(MOMENTS)
def test_a_date_without_an_offset_is_utc(moment):
    date = datetime.fromtimestamp(moment // 1000, UTC).replace(tzinfo=None)
    assert epoch_ms(date) == epoch_ms(date.isoformat()) == epoch_ms(f"{date.isoformat()}Z") == moment // 1000 * 1000


@given(st.one_of(st.integers(), st.floats(), st.text(), st.datetimes(), st.booleans(), st.none(), st.binary()))
def test_anything_is_a_time_within_the_bounds_or_a_plain_error(value):
    message = "must "
    try:
        assert EARLIEST_MS <= epoch_ms(value) <= LATEST_MS
    except ValueError as error:
        message = str(error)
    assert message.startswith("must ")


@pytest.mark.parametrize(
    "value",
    ["", "null", "soon", "2022-13-01", True, None, float("nan"), float("inf"), "1e12", "-5", [], datetime.min, "٣٤"],
)
def test_what_is_no_time_is_refused(value):
    with pytest.raises(ValueError, match=r"^must "):
        epoch_ms(value)


@pytest.mark.parametrize("value", [0, 946_684_799, -1_660_532_000, 20_220_815, 10**18 * 5, 10**30, "9999-12-31"])
def test_a_time_outside_2000_to_2100_is_refused(value):
    with pytest.raises(ValueError, match="between the years 2000 and 2100"):
        epoch_ms(value)


@given(st.integers())
def test_a_stored_time_is_brought_within_the_bounds(time_ms):
    bounded = within_bounds(time_ms)
    assert EARLIEST_MS <= bounded <= LATEST_MS
    assert bounded == time_ms or not EARLIEST_MS <= time_ms <= LATEST_MS


@given(st.integers() | st.integers(EARLIEST_MS, LATEST_MS))
def test_every_time_can_be_written(time_ms):
    written = iso(time_ms)
    assert written.endswith("Z")
    assert epoch_ms(written) == time_ms // 1000 * 1000 if EARLIEST_MS <= time_ms <= LATEST_MS else len(written) >= 20
