"""Served lists and the clicks that follow them, read from the event log in the order of time."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from heapq import merge

from script_shared.events import Entry, EventLog, Kind, Quarantine
from script_shared.events.served_list import ServedList, answer_key

WINDOW_MS = 30 * 60_000  # a later click is no longer the list's doing, as for pauta_live_judged_clicks_total
PAGE = 2_000  # rows in memory at once


class RecentLists:
    """The lists of the last half hour, found by a click's answer or by who clicked."""

    def __init__(self) -> None:
        self._by_key: OrderedDict[bytes, ServedList] = OrderedDict()
        self._newest: dict[str, bytes] = {}
        self._credited: set[tuple[bytes, str]] = set()

    def add(self, served: ServedList) -> list[ServedList]:
        """Remember a list; returns those that are too old now and were forgotten."""
        forgotten = []
        while self._by_key and next(iter(self._by_key.values())).time_ms < served.time_ms - WINDOW_MS:
            forgotten.append(self._by_key.popitem(last=False)[1])
            self._forget(forgotten[-1])
        self._by_key[served.key] = served
        if served.people:
            self._newest[served.people[0]] = served.key
        return forgotten

    def before(self, click: Entry) -> ServedList | None:
        """The list that a click follows, None for none, or when the click was counted before."""
        answer, people = click.body.get("answer_id"), people_of(click)
        key = answer_key(str(answer)) if answer else self._newest.get(people[0], b"") if people else b""
        found = self._by_key.get(key)
        if found is None or click.time_ms - found.time_ms > WINDOW_MS or (key, click.article_id) in self._credited:
            return None
        self._credited.add((key, click.article_id))
        return found

    def _forget(self, served: ServedList) -> None:
        self._credited.difference_update([(served.key, page) for page in served.pages])
        if served.people and self._newest.get(served.people[0]) == served.key:
            del self._newest[served.people[0]]


def people_of(click: Entry) -> list[str]:
    """The names of who clicked: of the user and of the visit.

    Args:
        click: an entry of the log.

    Returns:
        names under which somebody may be erased; empty for a click without a user and a session.
    """
    return ServedList(b"", 0, click.user_id, str(click.body.get("session") or ""), "", "", "", ()).people


def lists_and_clicks(
    log: EventLog, since_ms: int | None, until_ms: int | None, *, clicks_since_ms: int | None = None
) -> Iterator[ServedList | Entry]:
    """Lists, and clicks that are not quarantined, in the order of time; a list before the clicks of its millisecond.

    Args:
        log: the event log.
        since_ms: first moment, epoch milliseconds; None for the beginning.
        until_ms: moment before which it ends; None for now.
        clicks_since_ms: first moment of the clicks; None for ``since_ms``.

    Raises:
        UnavailableError: the log cannot be read.
    """
    quarantine = Quarantine.of(log.history.quarantines())
    clicks = _clicks(log, since_ms if clicks_since_ms is None else clicks_since_ms, until_ms)
    judged = (click for click in clicks if not quarantine.holds(click))
    found: Iterable[ServedList | Entry] = merge(_read_served(log, since_ms, until_ms), judged, key=_order)
    yield from found


def _order(one: ServedList | Entry) -> tuple[int, bool]:
    return one.time_ms, isinstance(one, Entry)


def _read_served(log: EventLog, since_ms: int | None, until_ms: int | None) -> Iterator[ServedList]:
    after = (0, 0)
    while page := log.served.between(since_ms, until_ms, after=after, limit=PAGE):
        yield from page
        after = (page[-1].time_ms, page[-1].number)


def _clicks(log: EventLog, since_ms: int | None, until_ms: int | None) -> Iterator[Entry]:
    after = (0, 0)
    while page := log.history.by_time(Kind.CLICK, since_ms, until_ms, after=after, limit=PAGE):
        yield from page
        after = (page[-1].time_ms, page[-1].seq)
