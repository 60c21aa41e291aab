"""Served lists with drawn places, and the clicks that followed each."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heappushpop

from pipelines.measures.recent_lists import WINDOW_MS
from pipelines.measures.served_report import with_clicks
from script_shared.events import EventLog
from script_shared.events.served_list import ServedList
from script_shared.exploration.draws import Draw


@dataclass
class DrawnList:
    """A served list whose last places were drawn.

    Attributes:
        served: the list.
        clicked: ids of its articles that were clicked within half an hour.
    """

    served: ServedList
    clicked: set[str] = field(default_factory=set)

    @property
    def draw(self) -> Draw:
        """How the places were drawn."""
        assert self.served.draw is not None
        return self.served.draw

    @property
    def fixed_ids(self) -> list[str]:
        """Ids of the articles before the drawn places."""
        return list(self.served.pages[: len(self.served.pages) - len(self.draw.ranks)])

    @property
    def usual(self) -> list[str]:
        """Ids of the list as it would have been served without a draw."""
        return self.fixed_ids + self.draw.candidates(self.served.pages)[: len(self.draw.ranks)]

    @property
    def reader(self) -> str:
        """Who got it; a list of nobody has its own name."""
        people = self.served.people
        return people[0] if people else f"list {self.served.number}"


@dataclass(frozen=True)
class DrawnLists:
    """The lists of a stretch of time.

    Attributes:
        lists: with drawn places, in the order of time.
        left_out: number of other lists, by reason.
    """

    lists: list[DrawnList]
    left_out: Counter[str]


def find(log: EventLog, since_ms: int | None, until_ms: int | None, most: int) -> DrawnLists:
    """The lists with drawn places of a stretch of time; a sample by the answers' ids where there are more than wanted.

    Args:
        log: the event log.
        since_ms: first moment, epoch milliseconds; None for the beginning.
        until_ms: moment before which it ends; None for now.
        most: lists at most.

    Returns:
        The lists, and how many others there are.

    Raises:
        UnavailableError: the log cannot be read.
    """
    left_out: Counter[str] = Counter()
    sample: list[tuple[int, int]] = []  # the lists with the smallest digests, the greatest first
    found: dict[int, DrawnList] = {}
    complete_ms = log.served.newest_ms() - WINDOW_MS
    for served, click in with_clicks(log, since_ms, until_ms):
        if click is not None:
            if served is not None and served.number in found and click.article_id in served.pages:
                found[served.number].clicked.add(click.article_id)
        elif served is not None:
            if reason := _unfit(served, complete_ms):
                left_out[reason] += 1
                continue
            found[served.number] = DrawnList(served)
            place = (-int.from_bytes(blake2b(served.key, digest_size=8).digest(), "big"), served.number)
            if len(sample) < most:
                heappush(sample, place)
            else:
                del found[heappushpop(sample, place)[1]]
                left_out["not in the sample"] += 1
    return DrawnLists(list(found.values()), left_out)


def _unfit(served: ServedList, complete_ms: int) -> str:
    """Why a list cannot be used, "" if it can."""
    if served.draw is None:
        return "without a draw"
    if not served.is_repeatable():
        return "with a draw that the answer's id does not give again"
    return "" if served.time_ms <= complete_ms else "younger than half an hour"
