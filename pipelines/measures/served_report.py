"""A report on served lists: lists and clicks by day and segment, clicks by position."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipelines.measures.recent_lists import WINDOW_MS as WINDOW_MS  # other packages have it from here
from pipelines.measures.recent_lists import RecentLists, lists_and_clicks
from script_shared.events import Entry, EventLog
from script_shared.events.served_list import ServedList


@dataclass
class ServedReport:
    """Counts over lists and the clicks on them.

    Attributes:
        lists, clicked: lists by day and segment, and clicks on them.
        shown, clicks: by position, from 0: lists that had an article there, and clicks on it.
        others: clicks on articles that no list before them had.
    """

    lists: Counter[tuple[str, str]] = field(default_factory=Counter)
    clicked: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: Counter[int] = field(default_factory=Counter)
    clicks: Counter[int] = field(default_factory=Counter)
    others: int = 0

    @property
    def baseline(self) -> float:
        """Clicks per article shown, whatever its position: the rate of every position if the order meant nothing."""
        return _rate(self.clicks.total(), self.shown.total())

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "lists": self.lists.total(),
            "clicks": self.clicks.total(),
            "clicks_on_nothing_served": self.others,
            "days": [
                {"day": day, "segment": segment, "lists": count, "clicks": self.clicked[day, segment]}
                for (day, segment), count in sorted(self.lists.items())
            ],
            "positions": [
                {"position": place, "shown": count, "clicks": self.clicks[place], "rate": self.rate(place)}
                for place, count in sorted(self.shown.items())
            ],
            "baseline": round(self.baseline, 6),
        }

    def rate(self, position: int) -> float:
        """Clicks on a position per list that had an article there."""
        return round(_rate(self.clicks[position], self.shown[position]), 6)

    def text(self) -> str:
        """As two tables."""
        lines = [f"{'day':<11}{'segment':<12}{'lists':>9}{'clicks':>9}{'clicks/list':>13}"]
        for (day, segment), count in sorted(self.lists.items()):
            clicks = self.clicked[day, segment]
            lines.append(f"{day:<11}{segment:<12}{count:>9,}{clicks:>9,}{_rate(clicks, count):>13.4f}")
        lines += ["", f"{'position':>8}{'shown':>11}{'clicks':>9}{'rate':>9}{'baseline':>10}"]
        for place, count in sorted(self.shown.items()):
            lines.append(
                f"{place:>8}{count:>11,}{self.clicks[place]:>9,}{self.rate(place):>9.4f}{self.baseline:>10.4f}"
            )
        lines += ["", f"{self.others:,} clicks on articles that no list of the half hour before them had"]
        return "\n".join(lines)


def served_report(log: EventLog, since_ms: int | None = None, until_ms: int | None = None) -> ServedReport:
    """Join the lists of a stretch of time with the clicks that follow them within half an hour.

    A click belongs to the list whose answer it names, else to the newest list of its reader. Quarantined clicks are
    left out, and a second click on an article of the same list.

    Args:
        log: the event log.
        since_ms: first moment, epoch milliseconds; None for the beginning.
        until_ms: moment before which it ends; None for now.

    Raises:
        UnavailableError: the log cannot be read.
    """
    report = ServedReport()
    for served, click in with_clicks(log, since_ms, until_ms):
        if click is not None:
            _count(report, served, click)
        elif served is not None:
            report.lists[_day(served.time_ms), served.segment] += 1
            report.shown.update(range(len(served.pages)))
    return report


def with_clicks(
    log: EventLog, since_ms: int | None, until_ms: int | None
) -> Iterator[tuple[ServedList | None, Entry | None]]:
    """Each list without a click, and each click with the list that it follows, in the order of time.

    Args:
        log: the event log.
        since_ms: first moment, epoch milliseconds; None for the beginning.
        until_ms: moment before which it ends; None for now.

    Yields:
        A list and None, or a list and a click on any article; None and a click where no list comes before it.

    Raises:
        UnavailableError: the log cannot be read.
    """
    lists = RecentLists()
    for one in lists_and_clicks(log, since_ms, until_ms):
        if isinstance(one, ServedList):
            lists.add(one)
            yield one, None
        else:
            yield lists.before(one), one


def _count(report: ServedReport, served: ServedList | None, click: Entry) -> None:
    if served is None or click.article_id not in served.pages:
        report.others += 1
        return
    report.clicks[served.pages.index(click.article_id)] += 1
    report.clicked[_day(served.time_ms), served.segment] += 1


def _day(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).date().isoformat()


def _rate(clicks: int, shown: int) -> float:
    return clicks / shown if shown else 0.0
