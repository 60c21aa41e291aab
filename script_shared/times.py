"""Converts times in any accepted notation to epoch milliseconds."""

import math
import re
from datetime import UTC, datetime, timedelta

EARLIEST_MS = 946_684_800_000  # 2000-01-01, and
LATEST_MS = 4_102_444_800_000  # 2100-01-01, both UTC: no time outside is accepted
SECONDS_BELOW = 10**11  # a smaller number counts seconds,
MILLISECONDS_BELOW = 10**14  # a smaller one milliseconds,
MICROSECONDS_BELOW = 10**17  # a smaller one microseconds, any other nanoseconds
NUMBER = r"^[0-9]{1,19}(\.[0-9]*)?$"  # how a number of seconds or of anything smaller is written
_NUMBER = re.compile(NUMBER)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799  # of the years 1 and 9999
NO_TIME = "must be a time: seconds or milliseconds since 1970, or ISO 8601 such as 2022-08-15T02:59:47Z"
OUTSIDE = "must lie between the years 2000 and 2100"


def epoch_ms(value: object) -> int:
    """Epoch milliseconds, UTC, of a time in any accepted notation; finer parts are cut off.

    The unit of a number follows from its size: times between 2000 and 2100 in seconds, milliseconds, microseconds and
    nanoseconds have no number in common. A date without an offset is UTC.

    Args:
        value: an int, a float, either of them as text, ISO 8601 text, or a datetime.

    Returns:
        an integer between 2000-01-01 and 2100-01-01.

    Raises:
        ValueError: it is no time, or lies outside the years 2000 to 2100; the message is a plain sentence.

    >>> epoch_ms(1660532387), epoch_ms("1660532387000"), epoch_ms("2022-08-15T02:59:47Z")
    (1660532387000, 1660532387000, 1660532387000)
    """
    time_ms = _unbounded_ms(value)
    if not EARLIEST_MS <= time_ms <= LATEST_MS:
        raise ValueError(OUTSIDE)
    return time_ms


def within_bounds(time_ms: int) -> int:
    """The time, or the nearest one between 2000 and 2100: for what was stored before times had bounds.

    Args:
        time_ms: epoch milliseconds, UTC.

    Returns:
        epoch milliseconds, UTC.
    """
    return min(max(time_ms, EARLIEST_MS), LATEST_MS)


def iso(time_ms: float) -> str:
    """Epoch milliseconds as ISO 8601, UTC; a time that no calendar has as the nearest one that it has.

    Args:
        time_ms: epoch milliseconds, UTC; parts of a second are cut off.

    >>> iso(1660532400000)
    '2022-08-15T03:00:00Z'
    """
    second = min(max(int(time_ms) // 1000, _FIRST_SECOND), _LAST_SECOND)
    return f"{datetime.fromtimestamp(second, UTC).isoformat()[:-6]}Z"


def _unbounded_ms(value: object) -> int:
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, datetime):
        return _of_date(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(NO_TIME)
    return _of_number(value)


def _of_text(text: str) -> int:
    if _NUMBER.match(text):
        return _of_number(float(text) if "." in text else int(text))
    try:
        return _of_date(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError(NO_TIME) from None


def _of_date(date: datetime) -> int:
    aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def _of_number(number: int | float) -> int:
    if abs(number) < SECONDS_BELOW:  # to the microsecond first: 1660532000.123 is a little less as a float
        return number * 1000 if isinstance(number, int) else round(number * 1e6) // 1000
    if abs(number) < MILLISECONDS_BELOW:
        return math.floor(number)
    return math.floor(number) // (1000 if abs(number) < MICROSECONDS_BELOW else 1_000_000)
