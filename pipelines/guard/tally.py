"""The figures of one release: differences by user and day, added up, and by hour of the day for the release after it.

The unit of every comparison is a user and day, because the clicks of one user are dependent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from pipelines.guard.judged import JudgedClick
from pipelines.measures.sequential import Sums
from script_shared.clock import HOUR_MS

DAY_MS = 24 * HOUR_MS
LEAST_UNITS = 30  # users that an hour of the day needs to be a reference


class Reference(NamedTuple):
    """Lead over popularity of the release before, in one hour of the day.

    Attributes:
        rate: hits minus those of popularity, per click.
        variance: of the rate.
    """

    rate: float
    variance: float


@dataclass
class Row:
    """Clicks of one user in one hour of today.

    Attributes:
        clicks: how many.
        lead: hits minus those of popularity.
    """

    clicks: int = 0
    lead: int = 0


@dataclass
class Tally:
    """All that is known of one release.

    Attributes:
        clicks, hits, popular, answers: counts since the release was first seen.
        days: days that are over.
        lead: sums over users and days that are over, compared with popularity.
        change: the same, compared with the release before.
        change_clicks: clicks in ``change`` by hour of the day.
        hours: by day that is over and hour of the day, sums over users; the last days only.
        today: by pseudonym of a user and hour of the day.
        before: reference by hour of the day; empty without a comparison.
        last_ms: time of the last click.
    """

    clicks: int = 0
    hits: int = 0
    popular: int = 0
    answers: int = 0
    days: int = 0
    lead: Sums = field(default_factory=Sums)
    change: Sums = field(default_factory=Sums)
    change_clicks: dict[int, int] = field(default_factory=dict)
    hours: dict[int, dict[int, Sums]] = field(default_factory=dict)
    today: dict[str, dict[int, Row]] = field(default_factory=dict)
    before: dict[int, Reference] = field(default_factory=dict)
    last_ms: int = 0

    def add(self, click: JudgedClick, pseudonym: str) -> None:
        """Count one click of today."""
        row = self.today.setdefault(pseudonym, {}).setdefault(hour_of(click.time_ms), Row())
        row.clicks += 1
        row.lead += int(click.hit) - int(click.popular)
        self.clicks, self.hits, self.popular = self.clicks + 1, self.hits + click.hit, self.popular + click.popular
        self.last_ms = max(self.last_ms, click.time_ms)

    def end_day(self, day: int, keep_days: int) -> None:
        """Add today to the days that are over, and forget who clicked.

        Args:
            day: number of the day since 1970.
            keep_days: days whose hours are kept, as a reference for the next release.
        """
        if self.today:
            self.lead, self.change, self.change_clicks = self.leads(), self.changes(), self.clicks_compared()
            self.hours[day] = _hours_of(self.today.values())
            self.days += 1
            self.today = {}
        self.hours = {each: hours for each, hours in self.hours.items() if each > day - keep_days}

    def leads(self, *, today: bool = False) -> Sums:
        """Clicks and lead over popularity by user and day; ``today`` leaves the days before out."""
        units = [_total(rows) for rows in self.today.values()]
        return _sums(units) if today else self.lead + _sums(units)

    def changes(self, *, today: bool = False) -> Sums:
        """Clicks, and lead minus the reference of the same hour, by user and day."""
        units = [unit for rows in self.today.values() if (unit := self._change(rows))[0]]
        return _sums(units) if today else self.change + _sums(units)

    def clicks_compared(self, *, today: bool = False) -> dict[int, int]:
        """Clicks by hour of the day that are compared with the release before."""
        found = {} if today else dict(self.change_clicks)
        for rows in self.today.values():
            for hour, row in rows.items():
                if hour in self.before:
                    found[hour] = found.get(hour, 0) + row.clicks
        return found

    def reference(self) -> dict[int, Reference]:
        """Its lead by hour of the day, as the reference of the release that follows it.

        A user with clicks in several hours counts in each; ``inflation`` makes up for that.
        """
        by_hour: dict[int, Sums] = {}
        for hours in (*self.hours.values(), _hours_of(self.today.values())):
            for hour, sums in hours.items():
                by_hour[hour] = by_hour.get(hour, Sums()) + sums
        enough = {hour: sums for hour, sums in by_hour.items() if sums.units >= LEAST_UNITS}
        inflation = self._inflation(by_hour)
        return {hour: Reference(float(s.rate), float(s.variance) * inflation) for hour, s in enough.items()}

    def _inflation(self, by_hour: Mapping[int, Sums]) -> float:
        """Variance with users and days as units, relative to that with users and hours; at least 1."""
        whole, clicks = self.leads(), sum(sums.size for sums in by_hour.values())
        if not clicks or not whole.units:
            return 1.0
        by_parts = sum((sums.size / clicks) ** 2 * float(sums.variance) for sums in by_hour.values())
        spread = float(whole.variance) * float(whole.size) / clicks  # as of so many clicks
        return max(1.0, spread / by_parts) if by_parts else 1.0

    def _change(self, rows: Mapping[int, Row]) -> tuple[int, float]:
        compared = [(row, self.before[hour].rate) for hour, row in rows.items() if hour in self.before]
        return sum(row.clicks for row, _ in compared), sum(row.lead - rate * row.clicks for row, rate in compared)


def hour_of(time_ms: int) -> int:
    """Hour of the day, UTC."""
    return time_ms % DAY_MS // HOUR_MS


def day_of(time_ms: int) -> int:
    """Number of the day since 1970, UTC."""
    return time_ms // DAY_MS


def _total(rows: Mapping[int, Row]) -> tuple[int, float]:
    return sum(row.clicks for row in rows.values()), sum(row.lead for row in rows.values())


def _hours_of(people: Iterable[Mapping[int, Row]]) -> dict[int, Sums]:
    units: dict[int, list[tuple[int, float]]] = {}
    for hour, row in _rows(people):
        units.setdefault(hour, []).append((row.clicks, row.lead))
    return {hour: _sums(found) for hour, found in units.items()}


def _rows(people: Iterable[Mapping[int, Row]]) -> Iterator[tuple[int, Row]]:
    for rows in people:
        yield from rows.items()


def _sums(units: list[tuple[int, float]]) -> Sums:
    if not units:
        return Sums()
    table = np.array(units, np.float64)
    return Sums.of(table[:, 1], table[:, 0])
