"""Where data begins and ends: moments that a few rows with a wrong time cannot move.

Clocks of phones and servers are wrong now and then, so the greatest time of a file may be that of one row in 2099, and
everything that counts back from it (windows, popularity, the moment of training) would count from there. The end is
the last moment up to which the usual number of users is active. Each candidate is an hour. What lies after it is
compared with the days before it, hour of the day by hour of the day, in user days: how many users were active on how
many days. Users count, not rows, so that one user with a wrong clock is one user. Where less than a tenth of
the usual is left after an hour, the rows after it are ahead. The begin is the same in reverse: where less than a tenth
of what is usual in the days after an hour lies before it, the rows before it are behind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from script_shared.arrays import Float64s, Int64s, IntArray
from script_shared.clock import EARLY_MS, HOUR_MS

THIN = 0.1  # what lies after the end is less than this share of what is usual,
THIN_DAY = 0.03  # or than this one where it is less than a day: a site may be down for hours, and just be back; where
# less than a week lies before it, which may have had no weekend yet; and where it is two weeks and more, which count as
# so many middle days: quiet weekends do not hide a wrong clock there
LEAST = 1.0  # user days that must be missing even from that share, so that a quiet night of a small site is no end
WEEK = 7  # days
DAYS = 14  # days before an hour that say what is usual there, and days after the last row that are missed at most
CERTAIN = 0.9  # share of the users, each by all of their rows, that no end lies before
SPARSE = 16  # a greatest number above so many times the rows: the users are numbered again before they are counted
_DAY = 24


@dataclass(frozen=True)
class DataEnd:
    """The end of some data.

    Attributes:
        end_ms: the last moment that counts, epoch milliseconds; 0 where there are no rows.
        ahead: bool (n); the rows after it.
    """

    end_ms: int
    ahead: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def data_end(time_ms: Int64s, user: IntArray, *, wall_ms: int | None = None) -> DataEnd:
    """The end of data, in any order.

    Args:
        time_ms: int64 (n), epoch milliseconds.
        user: int (n), number of the user of each row, not negative.
        wall_ms: rows more than a minute ahead of this moment are ahead whatever the others say; None for no such limit.

    >>> users, hours = np.arange(4800) % 50, np.arange(4800) // 50
    >>> times = 1_660_000_000_000 + hours * HOUR_MS
    >>> times[7] = 4_000_000_000_000
    >>> found = data_end(times, users)
    >>> np.flatnonzero(found.ahead).tolist(), (found.end_ms - 1_660_000_000_000) // HOUR_MS
    ([7], 95)
    """
    time_ms, user = np.asarray(time_ms, np.int64), np.asarray(user)
    possible = np.ones(len(time_ms), bool) if wall_ms is None else time_ms <= wall_ms + EARLY_MS
    limit_ms = _limit_ms(time_ms, user) if possible.all() else _limit_ms(time_ms[possible], user[possible])
    ahead = ~possible | (time_ms >= limit_ms)
    counted = time_ms[~ahead]
    return DataEnd(int(counted.max()) if len(counted) else 0, ahead)


def data_begin(time_ms: Int64s, user: IntArray) -> int:
    """The first moment that counts, epoch milliseconds: that of the first row, unless rows lie behind; 0 without rows.

    Args:
        time_ms: int64 (n), epoch milliseconds, in any order.
        user: int (n), number of the user of each row.

    Returns:
        epoch milliseconds, UTC.

    >>> users, hours = np.arange(4800) % 50, np.arange(4800) // 50
    >>> times = 1_660_000_000_000 + hours * HOUR_MS
    >>> times[7] = 981_173_106_000
    >>> (data_begin(times, users) - 1_660_000_000_000) // HOUR_MS
    0
    """
    return -data_end(-np.asarray(time_ms, np.int64)[::-1], np.asarray(user)[::-1]).end_ms


@dataclass(frozen=True)
class Activity:
    """When the users of some rows were active. Activities of disjoint groups of users add up, so parts of a large table
    can be counted separately.

    Attributes:
        active: float64 (hours), users whose first row of a day lies in each hour; days count from the first row of all.
        share: float64 (hours), rows by hour, where the rows of each user add up to one.
        users: how many there are.
    """

    active: Float64s
    share: Float64s
    users: int

    @classmethod
    def of(cls, hour: IntArray, user: IntArray, hours: int) -> "Activity":
        """Count rows.

        Args:
            hour: int (n), the hour of each row, counted from the first row of all.
            user: int (n), number of the user of each row.
            hours: the hour of the last row of all, plus one.
        """
        if len(user) and int(user.max()) > SPARSE * len(user):
            user = np.unique(user, return_inverse=True)[1]
        counts = np.bincount(user)
        share = np.bincount(hour, weights=1.0 / counts[user], minlength=hours)
        return cls(_active(hour, user, hours), share.astype(np.float64), int(np.count_nonzero(counts)))

    def __add__(self, other: "Activity") -> "Activity":
        """The activity of both groups of users."""
        return Activity(self.active + other.active, self.share + other.share, self.users + other.users)


def limit_ms(activity: Activity, first_ms: int, last_ms: int, hourly: Callable[[int], Float64s]) -> int:
    """The moment from which rows are ahead; after the last row if none is.

    Args:
        activity: of all rows.
        first_ms: time of the first row.
        last_ms: time of the last row.
        hourly: given a number of hours, float64 (hours): how many users have a row in each of the first hours.
    """
    active = activity.active
    ends = np.flatnonzero(activity.share) + 1  # an end comes after an hour that has rows
    ends = ends[(ends > max(_certain_hour(activity), _DAY)) & (ends < len(active))]
    if not len(ends):
        return last_ms + 1
    total = np.concatenate([[0.0], np.cumsum(active)])
    missing = _too_few(total, ends) - (total[-1] - total[ends])
    place = int(missing.argmax())
    if missing[place] < LEAST:
        return last_ms + 1
    return first_ms + _sharp(hourly(int(ends[place]) + _DAY), int(ends[place])) * HOUR_MS


def users_by_hour(hour: IntArray, user: IntArray, high: int) -> Float64s:
    """How many users have a row in each of the first hours.

    Args:
        hour: int (n), the hour of each row, counted from the first row of all.
        user: int (n), number of the user of each row.
        high: how many hours are counted.

    Returns:
        float64 (high).
    """
    if not len(user):
        return np.zeros(high)
    users = int(user.max()) + 1
    hours = np.unique(hour * users + user) // users  # one for each user of an hour
    return np.bincount(hours[hours < high], minlength=high).astype(np.float64)


def _limit_ms(time_ms: IntArray, user: IntArray) -> int:
    if not len(time_ms):
        return 0
    first_ms, last_ms = int(time_ms.min()), int(time_ms.max())
    hour = (time_ms - first_ms) // HOUR_MS
    activity = Activity.of(hour, user, (last_ms - first_ms) // HOUR_MS + 1)
    return limit_ms(activity, first_ms, last_ms, partial(users_by_hour, hour, user))


def _sharp(active: Float64s, end: int) -> int:
    """The end to the hour: near the end that was found by days, the hour after which most users are missing.

    Args:
        active: float64 (hours until a day after the end), users with a row in each hour.
        end: in hours.
    """
    low, high = max(end - _DAY, _DAY), end + _DAY
    before = active[low % _DAY : low].reshape(-1, _DAY)[-DAYS:]
    around = np.arange(low, high)
    missing = THIN * before.mean(axis=0)[(around - low) % _DAY] - active[low:]
    after = np.append(np.cumsum(missing[::-1])[::-1], 0.0)  # of each hour on
    ends = np.flatnonzero(active[low - 1 :]) + low
    return int(ends[after[ends - low].argmax()]) if len(ends) else end


def _active(hour: IntArray, user: IntArray, hours: int) -> Float64s:
    """float64 (hours): users whose first row of a day lies in each hour; days count from the first row of all."""
    padded = -(-hours // _DAY) * _DAY  # whole days, so that a key divided by 24 is a day of one user
    keys = user.astype(np.int64) * padded + hour
    days = keys // _DAY
    new = np.ones(len(keys), bool)
    new[1:] = (days[1:] != days[:-1]) | (
        keys[1:] < keys[:-1]
    )  # fewer keys to sort: in most data a user's reads are in order
    keys = np.sort(keys[new])
    days = keys // _DAY
    new = np.ones(len(keys), bool)
    new[1:] = days[1:] != days[:-1]
    return np.bincount(keys[new] % padded, minlength=hours).astype(np.float64)


def _certain_hour(activity: Activity) -> int:
    """The hour up to which most rows lie, each user counting as much as any other."""
    share = np.round(np.cumsum(activity.share) / activity.users, 9)  # the same however the rows were divided
    return min(int(np.searchsorted(share, CERTAIN)), len(share) - 1)


def _too_few(total: Float64s, ends: IntArray) -> Float64s:
    """float64 (ends): the share of the user days usual between each hour and the last row that would be too few.

    The same hours of the day are compared. Of the days before, the second lowest says what is usual (the
    lowest of one or two), because a site may have been down for a day, and Sundays are quiet. Less than a week may
    hold no weekend, so the share is lower there. Two weeks hold as many weekends as the two before: there the middle
    day says it as well.

    Args:
        total: float64 (hours + 1), user days before each hour.
    """
    left = len(total) - 2 - ends  # the hour of the last row has only begun
    before = ends[:, None] - _DAY * np.arange(1, DAYS + 1)
    sums = total[np.maximum(before, 0) + np.minimum(left, _DAY)[:, None]] - total[np.maximum(before, 0)]
    sums = np.sort(np.where(before >= 0, sums, np.inf), axis=1)
    days = (before >= 0).sum(axis=1)
    of_a_day = sums[np.arange(len(ends)), np.where(days > 2, 1, 0)]
    share = np.where((left < _DAY) | (days < WEEK), THIN_DAY, THIN)
    thin = share * np.clip(left / _DAY, 1.0, DAYS)
    middle = sums[np.arange(len(ends)), np.maximum(days - 1, 0) // 2]
    of_weeks = np.where(left >= DAYS * _DAY, DAYS * THIN_DAY * middle, 0.0)
    return np.where(days > 0, np.maximum(of_a_day * thin, of_weeks), 0.0)
