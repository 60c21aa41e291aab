"""Brings the newsroom of a release that was just loaded up to what the event log says, beside the one in service."""

import logging
import time
from dataclasses import dataclass

from script_shared.clock import HOUR_MS, Clock
from script_shared.errors import UnavailableError
from script_shared.events import EventLog, Kind, Quarantine
from script_shared.gently import breathe
from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.recall import recall
from script_shared.news.live.texts import Vectoriser
from script_shared.news.live.trust import PROVEN

log = logging.getLogger("pauta.catch_up")
FIRST_SECONDS = 2.0  # of the first release's state, before it goes into service
SWAP_SECONDS = 300.0  # of a later one's; the one in service goes on meanwhile
MANY, FEW = 2000, 2  # entries that a newsroom which nobody uses yet folds at once: before the first release, later
NOT_FOLDED = (Kind.SERVED,)
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Bounds:
    """What a release keeps of the past.

    Attributes:
        alive_hours: age at which articles expire.
        max_shown: impressions after which an article is not shown to a user again.
    """

    alive_hours: float
    max_shown: int


class CatchUp:
    """Folds the log into newsrooms that nobody uses yet; called in a thread.

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
        """Fold what the log has into the newsroom.

        Before the first release for a few seconds at most. Later for as long as it takes, because what is left then is
        folded before new events are answered; a little at a time, because the one in service answers meanwhile.

        Args:
            before: the newsroom in service, None for none.
        """
        if clock.mode == "data":
            newsroom.run_on(clock.data_end_ms, self._retention_ms, may_switch=clock.may_switch)
        until = time.monotonic() + (FIRST_SECONDS if before is None else SWAP_SECONDS)
        remembered = False
        try:
            self._remember(newsroom, clock, bounds)
            remembered = True
            self._fold(newsroom, vectoriser, until, gentle=before is not None)
        except UnavailableError as error:
            log.warning("a newsroom starts without the log: %s", error.logged)
            if not remembered:
                newsroom.go_without(before)

    def _remember(self, newsroom: Newsroom, clock: Clock, bounds: Bounds) -> None:
        """Take over what the log keeps of the time before the snapshot, and the snapshot does not."""
        newsroom.leave_out(Quarantine.of(self._events.quarantined()))
        newsroom.remember(self._events.lasting(newsroom.seq))
        if not newsroom.seq:
            return
        now_ms = clock.now_ms()
        recall(newsroom, self._events, now_ms - int(bounds.alive_hours * HOUR_MS))
        often = self._events.shown_often(newsroom.seq, now_ms - DAY_MS, bounds.max_shown, PROVEN)
        newsroom.recall_shown(often)

    def _fold(self, newsroom: Newsroom, vectoriser: Vectoriser | None, until: float, *, gentle: bool) -> None:
        read, few = (8 * FEW, FEW) if gentle else (MANY, MANY)
        while time.monotonic() < until:
            entries = self._events.tail(newsroom.seq, read, without=NOT_FOLDED)
            if not entries:
                return
            vectors = vectoriser.vectors(entries) if vectoriser else None
            breathe()
            for start in range(0, len(entries), few):
                newsroom.apply(entries[start : start + few], vectors)
                breathe()
