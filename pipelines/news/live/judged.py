"""Judges the clicks of the event log: did the served list have the article, and would popularity have had it?

A click belongs to the list whose answer it names, else to the newest list of its reader within half an hour. Popularity
gets as many places as that list had, at the moment when it was served, without what its reader had read. A second
click of a reader on an article is not judged: no list shows read articles.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.guard.judged import Clicks, JudgedClick
from pipelines.measures.recent_lists import WINDOW_MS, RecentLists, lists_and_clicks, people_of
from pipelines.news.live.popular import Popular, among_first
from pipelines.use_case import Context
from script_shared.clock import EARLY_MS, HOUR_MS, wall_ms
from script_shared.errors import ReleaseError
from script_shared.events import Entry, EventLog
from script_shared.events.address import log_exists
from script_shared.events.served_list import ServedList
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.release_folder import facts_in, params_in, segments_in
from script_shared.releases import Pointer

FIRST_MS = HOUR_MS  # what the first look judges
MOST_MS = 24 * HOUR_MS  # what a look judges at most, after a pause
log = logging.getLogger("pauta.guard")
MARGIN_MS = 60_000  # lists are written a little later than they are served, and clicks come a little later


def judged_clicks(context: Context, since_ms: int) -> Clicks | None:
    """The clicks since a moment; None without an event log or without served lists.

    Lists dated ahead of this machine's clock do not count, nor does such a moment: a process whose clock was ahead for
    a while would otherwise keep all later clicks from being judged.

    Args:
        context: settings, and ``guard.reach_hours`` of the params.
        since_ms: where the look before ended; 0 for the first look.

    Raises:
        UnavailableError: the log or the release store cannot be read.
    """
    if not log_exists(context.settings.events_address):
        return None
    with closing(EventLog(context.settings.events_address)) as log:
        newest_ms = log.served.newest_ms()
        until_ms = newest_ms - MARGIN_MS
        since_ms = since_ms if since_ms <= wall_ms() + EARLY_MS else 0
        begin_ms = max(since_ms or until_ms - FIRST_MS, until_ms - MOST_MS)
        if not newest_ms or until_ms <= begin_ms:
            return None
        reach_ms = int(context.params.guard.reach_hours * HOUR_MS)
        catalogs, max_age_hours = _catalogs_in_service(context)
        posted = log.articles.needed_rows(int(begin_ms - reach_ms - max_age_hours * HOUR_MS), log.head())
        judge = _Judge(Popular(catalogs, posted, max_age_hours), begin_ms)
        found = lists_and_clicks(log, begin_ms - WINDOW_MS, until_ms, clicks_since_ms=begin_ms - reach_ms)
        return Clicks(until_ms, list(judge.run(found)), judge.answers)


class _ServedContext(NamedTuple):
    """What was known when a list was served: the order by popularity, and how much its reader had read."""

    order: tuple[str, ...]
    reads: int


@dataclass
class _Judge:
    popular: Popular
    begin_ms: int
    answers: Counter[str] = field(default_factory=Counter)
    _lists: RecentLists = field(default_factory=RecentLists)
    _shown: dict[bytes, _ServedContext] = field(default_factory=dict)
    _read: dict[str, dict[str, int]] = field(default_factory=dict)

    def run(self, found: Iterator[ServedList | Entry]) -> Iterator[JudgedClick]:
        """Each judged click, from lists and clicks in the order of time."""
        for one in found:
            if isinstance(one, ServedList):
                self._serve(one)
            else:
                yield from self._click(one)

    def _serve(self, served: ServedList) -> None:
        for old in self._lists.add(served):
            self._shown.pop(old.key, None)
        reads = len(self._read.get(served.people[0], ())) if served.people else 0
        self._shown[served.key] = _ServedContext(self.popular.order(served.time_ms), reads)
        if served.time_ms >= self.begin_ms:
            self.answers[served.release] += 1

    def _click(self, click: Entry) -> Iterator[JudgedClick]:
        article, people, served = click.article_id, people_of(click), self._lists.before(click)
        read = self._read.setdefault(people[0], {}) if people else {}
        if article in read:
            return
        if served is not None and people and click.time_ms >= self.begin_ms:
            shown = self._shown[served.key]
            before = {each for each, place in read.items() if place < shown.reads}
            popular = among_first(shown.order, before, len(served.pages), article)
            yield JudgedClick(click.time_ms, people[0], served.release, article in served.pages, popular)
        read[article] = len(read)
        self.popular.count(article, click.time_ms)


def _catalogs_in_service(context: Context) -> tuple[list[Catalog], float]:
    """The catalogs of the release in service and of the one before, and the age at which articles expire."""
    releases = context.releases
    pointer = releases.current()
    if pointer is None:
        return [], float(context.params.pool.max_age_hours)
    folder = releases.fetch(pointer.version)
    segments = segments_in(folder, facts_in(folder))
    params = params_in(folder / "params.json", [segment.name for segment in segments])
    return [Catalog.load(folder / "catalog"), *_before(context, pointer)], float(params.pool.max_age_hours)


def _before(context: Context, pointer: Pointer) -> list[Catalog]:
    """The catalog of the nearest earlier release that is readable."""
    for version in pointer.earlier():
        try:
            return [Catalog.load(context.releases.fetch(version) / "catalog")]
        except ReleaseError as error:
            log.info("the catalog of release %s is not used: %s", version, error.message)
    return []
