"""Folds the event log into the newsroom of a newly loaded release, beside the one in service."""

import logging
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass

from app.news.events.posted_articles import PostedArticles
from script_shared.clock import HOUR_MS, Clock
from script_shared.errors import UnavailableError
from script_shared.events import EventLog, Kind, Quarantine
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.newsroom.recall import recall
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.state.trust import PROVEN
from script_shared.throttle import throttle, yield_cpu

log = logging.getLogger("pauta.catch_up")
FIRST_SECONDS = 2.0  # to fold the log before the first release is in service; the rest is folded later
MANY, FEW = 2000, 32  # entries that a newsroom not in service folds at once: before the first release, and later
READ = 512  # entries read at once after the first release; if there are fewer, the log has ended
NOT_FOLDED = (Kind.SERVED,)
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Bounds:
    """How much of the past a release keeps.

    Attributes:
        alive_hours: age at which articles expire.
        max_shown: impressions after which an article is not shown to a user again.
        catalog: its articles, None without any.
    """

    alive_hours: float
    max_shown: int
    catalog: Catalog | None = None


class CatchUp:
    """Folds the log into newsrooms that are not in service yet; called in a thread.

    Args:
        retention_days: how long the log keeps clicks.
    """

    def __init__(self, events: EventLog, retention_days: float) -> None:
        self._events, self._retention_ms = events, int(retention_days * DAY_MS)

    def gather(
        self,
        newsroom: Newsroom,
        vectoriser: Vectoriser | None,
        clock: Clock,
        bounds: Bounds,
        before: Newsroom | None,
    ) -> None:
        """Fold the log into the newsroom.

        Before the first release, this takes a few seconds at most. Later it folds the whole log, in small pieces,
        because the release in service answers requests at the same time.

        Args:
            before: the newsroom in service, None for none.
        """
        if clock.mode == "data":
            newsroom.run_on(clock.data_end_ms, self._retention_ms, may_switch=clock.may_switch)
        remembered = False
        try:
            self._remember(newsroom, vectoriser, clock, bounds)
            remembered = True
            if before is None:
                self._fold_for(FIRST_SECONDS, newsroom, vectoriser)
            else:
                self._fold_all(newsroom, vectoriser)
        except UnavailableError as error:
            log.warning("the live state starts without the event log: %s", error.log_text)
            if not remembered:
                newsroom.go_without(before)

    def _remember(self, newsroom: Newsroom, vectoriser: Vectoriser | None, clock: Clock, bounds: Bounds) -> None:
        """Load facts from before the snapshot that only the log has.

        A log that ends before the snapshot is a new one, or an older copy; new entries get numbers after it.
        """
        self._events.continue_after(newsroom.seq)
        newsroom.leave_out(Quarantine.of(self._events.history.quarantines()))
        newsroom.remember(self._events.permanent_entries(newsroom.snapshot_seq))
        if newsroom.snapshot_seq:
            PostedArticles(self._events, bounds.catalog, bounds.alive_hours).load(newsroom, vectoriser)
        if newsroom.resumed:
            self._post(newsroom, vectoriser)
        elif newsroom.snapshot_seq:
            self._recall(newsroom, clock, bounds)

    def _post(self, newsroom: Newsroom, vectoriser: Vectoriser | None) -> None:
        """Add the articles that were posted between the snapshot and the last entry of the kept newsroom."""
        after, until, kinds = newsroom.snapshot_seq, newsroom.seq, (Kind.ARTICLE,)
        extract = self._events.history.extract
        while entries := extract(after, until, READ, kinds=kinds, since_ms=None, until_ms=None):
            newsroom.post(entries, vectoriser.vectors(entries) if vectoriser else {})
            after = entries[-1].seq
            yield_cpu()

    def _recall(self, newsroom: Newsroom, clock: Clock, bounds: Bounds) -> None:
        now_ms = clock.now_ms()
        recall(newsroom, self._events, now_ms - int(bounds.alive_hours * HOUR_MS))
        often = self._events.history.shown_often(newsroom.seq, now_ms - DAY_MS, bounds.max_shown, PROVEN)
        newsroom.reads.recall_shown(often)

    def _fold_for(self, seconds: float, newsroom: Newsroom, vectoriser: Vectoriser | None) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._fold_some(newsroom, vectoriser, MANY, MANY) == MANY:
            pass

    def _fold_all(self, newsroom: Newsroom, vectoriser: Vectoriser | None) -> None:
        """Fold to the end of the log; stops waiting for requests when entries arrive as fast as they are folded."""
        before, gentle = sys.maxsize, True
        while True:
            goal, folded = self._events.head(), 0
            with nullcontext() if gentle else throttle(None):
                while newsroom.seq < goal:
                    some = self._fold_some(newsroom, vectoriser, READ, FEW)
                    folded += some
                    if some < READ:
                        return  # the newsroom gets later entries from the one in service
            if not folded:
                return
            before, gentle = folded, folded < before

    def _fold_some(self, newsroom: Newsroom, vectoriser: Vectoriser | None, read: int, few: int) -> int:
        """Read and fold at most ``read`` entries, ``few`` at once; returns how many there were."""
        after = newsroom.seq
        entries = self._events.tail(after, read, without=NOT_FOLDED)
        vectors = vectoriser.vectors(entries) if vectoriser else None
        yield_cpu()
        for start in range(0, len(entries), few):
            newsroom.apply(entries[start : start + few], vectors, after=after)
            yield_cpu()
        return len(entries)
