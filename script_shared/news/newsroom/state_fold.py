"""Folds entries of the event log into the live state and the last hour, and stops for good when that fails."""

import logging
from collections.abc import Sequence

from script_shared.events import Entry, Kind
from script_shared.news.catalog.editorial import Story
from script_shared.news.counting.last_hour import LastHour
from script_shared.news.newsroom.publication import publish
from script_shared.news.newsroom.user_reads import UserReads
from script_shared.news.state.event import LiveEvent, live_event
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.state import LiveState
from script_shared.news.state.visits import login_of

log = logging.getLogger("pauta.newsroom")


class StateFold:
    """A live state with what is counted beside it.

    Attributes:
        state: None where the release has none; once folding failed (``has_failed``), it is not updated.
        last_hour: clicks of the last hour by article.
        seq: number of the last entry that the state took.
    """

    def __init__(self, state: LiveState | None, seq: int) -> None:
        self.state, self.seq = state, seq
        self.has_failed = state is None
        self.last_hour = LastHour()

    def fold(self, entries: Sequence[Entry], stories: Sequence[Story | None]) -> int | None:
        """Fold entries in order. Never raises: a state that fails to fold them is no longer used.

        Args:
            entries: in the order of the log.
            stories: of each ARTICLE entry the story as it is then, None for the others.

        Returns:
            the time of the state if it turned back (epoch milliseconds), else None.
        """
        if self.state is None or self.has_failed or not entries:
            return None
        turned = self.state.time.turned
        try:
            self._fold(self.state, entries, stories)
            if self.state.time.turned == turned:
                return None
            self.last_hour.turn_back(self.state.now_ms)
        except Exception:  # after any failure, reads still count and lists are still answered
            log.exception("folding failed; the live state is no longer used")
            self.has_failed = True
            return None
        return self.state.now_ms

    def take(self, entries: Sequence[Entry], stories: Sequence[Story | None], reads: UserReads) -> int | None:
        """Fold entries, see ``fold``; if the state has failed, note them instead.

        Args:
            reads: what users read; follows the logins.
        """
        turned_back_to = self.fold(entries, stories)
        if self.has_failed:
            self.count_unfolded(entries, reads)
            self.note(entries, reads)
        else:
            reads.follow_logins(entries)
        return turned_back_to

    def note(self, entries: Sequence[Entry], reads: UserReads) -> None:
        """Note what users read and were shown in entries that the state does not fold."""
        for entry in entries:
            reads.note(entry, login=self.has_failed, impression=entry.seq > self.seq)

    def count_unfolded(self, entries: Sequence[Entry], reads: UserReads) -> None:
        """Count clicks that no live state judges: a user's first one on an article counts, one without a user does not.

        Args:
            entries: in the order of the log.
            reads: what users read before.
        """
        for entry in entries:
            if entry.kind != Kind.CLICK or entry.seq <= self.seq or reads.has_noted(entry):
                continue
            if reader_key(entry.user_id, str(entry.body.get("session", ""))):
                self.last_hour.add(entry.article_id, entry.time_ms)

    def _fold(self, state: LiveState, entries: Sequence[Entry], stories: Sequence[Story | None]) -> None:
        events: list[LiveEvent] = []
        numbers: list[int] = []
        for entry, story in zip(entries, stories, strict=True):
            if (event := live_event(entry)) is not None:
                events.append(event)
                numbers.append(entry.seq)
                continue
            self._fold_events(state, events, numbers)
            events, numbers, self.seq = [], [], entry.seq
            if story is not None:
                publish(state, story, entry.time_ms)
            elif entry.kind == Kind.ERASE:
                state.forget_digest(str(entry.body["digest"]))
            elif entry.kind == Kind.LOGIN:
                state.log_in(*login_of(entry))
        self._fold_events(state, events, numbers)
        self.seq = entries[-1].seq

    def _fold_events(self, state: LiveState, events: Sequence[LiveEvent], numbers: Sequence[int]) -> None:
        """Fold events with their numbers; if folding fails, record which events were folded before."""
        before = state.events
        try:
            weights = state.fold(events)
        finally:
            if folded := state.events - before:
                self.seq = numbers[folded - 1]
        for event, weight in zip(events, weights, strict=True):
            if weight:  # impressions have none
                self.last_hour.add(event.article, event.time_ms, weight)
