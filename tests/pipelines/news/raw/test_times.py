"""Columns of times are read by the rule that a single time is read by."""

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.news.raw.times import moments, to_milliseconds
from script_shared.times import EARLIEST_MS, LATEST_MS, epoch_ms

DATES = st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1))
ZONES = st.one_of(st.none(), st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))))
SPELT = st.builds(
    lambda date, zone, separator, precision, suffix: date.replace(tzinfo=zone).isoformat(separator, precision) + suffix,
    DATES,
    ZONES,
    st.sampled_from("T "),
    st.sampled_from(["seconds", "milliseconds", "microseconds", "minutes", "auto"]),
    st.sampled_from(["", "", "Z", " "]),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(EARLIEST_MS, LATEST_MS), st.floats(9e8, 5e12)).map(str)
TEXTS = st.one_of(st.none(), SPELT, NUMBERS, st.text(), st.from_regex(r"\A[+-]?[0-9]{8,20}(\.[0-9]{0,9})?\Z"))


def alone(text: str | None) -> int | None:
    try:
        return epoch_ms(text)
    except ValueError:
        return None


@example(["+1660532387", "1660532387000.9", "2022-08-15 02:59:60", "2022-08-15T02:59:47z", "1660532387.1234565"])
@example(["01000000000000000000"])
@example(["1660532387000", "1660532387001"])
@example(["+166053238700", "1660532387001"])
@example([])
@given(st.lists(TEXTS))
def test_a_column_is_read_as_each_of_its_times_is(texts):
    column = pl.Series("time", texts, dtype=pl.String)
    assert moments(column).to_list() == [alone(text) for text in texts]


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1)))
def test_a_column_of_whole_numbers_is_scaled_as_each_of_them_is(numbers):
    table = pl.DataFrame({"time": numbers}, schema={"time": pl.Int64})
    found = table.select(to_milliseconds(pl.col("time")))["time"].to_list()
    inside = [time if EARLIEST_MS <= time <= LATEST_MS else None for time in found]
    assert inside == [alone(number) for number in numbers]


def test_one_column_may_hold_every_spelling():
    moment = datetime(2022, 8, 15, 2, 59, 47, tzinfo=UTC)
    second = int(moment.timestamp())
    texts = [f"{second}", f"{second}000", f"{second}000.0", moment.isoformat(), f"{second}000000", "20220815T025947Z"]
    assert set(moments(pl.Series(texts))) == {second * 1000}
