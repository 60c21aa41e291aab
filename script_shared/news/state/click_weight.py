"""How much a click counts for everybody, computed from a live state just before it folds the click."""

from dataclasses import replace
from typing import Protocol

from script_shared.clock import HOUR_MS
from script_shared.news.counting import windows
from script_shared.news.counting.decay import Decay
from script_shared.news.params import LiveParams
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.reader_history import ReaderHistories
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.trust import (
    ALL,
    SIGNED,
    UNSIGNED,
    WINDOWS,
    Everybody,
    Sources,
    left_of_hour,
    network_source,
)


class ClickedState(Protocol):
    """The parts of a live state that are used here."""

    params: LiveParams
    readers: ReaderHistories
    sources: Sources

    @property
    def now_ms(self) -> int:
        """Time of the latest event."""

    def everybody(self, number: int) -> Everybody:
        """Clicks that count for everybody: on the article, and on all articles."""


def weigh_click(state: ClickedState, event: LiveEvent, number: int, place: int, *, known: bool) -> tuple[float, bool]:
    """The weight of a click, 0 to 1, and whether its user is new; it is counted for its user and for its sources.

    Args:
        number: of the article.
        place: of the user among the users, -1 for nobody.
        known: whether the release knows the user, who is never new then.
    """
    readers, trust, now_ms, signed = state.readers, state.sources.params, state.now_ms, event.proof == SIGNED
    weight, new, held = trust.unsigned if event.proof == UNSIGNED else 1.0, False, 0.0
    if place < 0:
        weight *= trust.nameless
    else:
        new = not known and not signed and now_ms - readers.first_ms[place] < trust.new_hours * HOUR_MS
        if readers.has_read(place, number):
            return 0.0, new
        if held := readers.spent[place]:
            limit = trust.new_clicks_per_hour if new else trust.clicks_per_hour
            left, held = left_of_hour(held, now_ms - readers.spent_ms[place], limit)
            weight = left if left < weight else weight
    network, nameless = ALL if signed or not event.network else network_source(event.network), place < 0 and not signed
    if new or nameless or network:
        weight = state.sources.believe(
            number, state.everybody(number), now_ms, new=new, nameless=nameless, network=network, most=weight
        )
    if place >= 0:
        readers.spent[place], readers.spent_ms[place] = held + weight, now_ms
    return weight, new


class Ledger:
    """Weighs clicks as a live state does, and counts nothing else: for trainings, which count by themselves.

    Unsigned clicks are not weighed down: where all are, a training would have none.
    """

    def __init__(self, params: LiveParams) -> None:
        self.params, self.now_ms = params, 0
        self.decay = Decay([params.pace * hours for hours in windows.HALF_LIVES_HOURS.values()])
        self.readers = ReaderHistories(params.readers, params.reads_per_reader)
        self.sources = Sources(params.trust, self.decay)
        self._numbers: dict[str, int] = {}
        self._clicks: dict[int, list[float]] = {}  # forward decayed in the windows of ``WINDOWS``, by article
        self._all = [0.0] * len(WINDOWS)

    def weigh(self, event: LiveEvent) -> float:
        """The weight of the next click in the log's order, 0 to 1.

        Args:
            event: a click.

        Returns:
            0 for a click that does not count, 1 for one that counts fully.
        """
        self._advance(event.time_ms)
        number = self._numbers.setdefault(event.article, len(self._numbers))
        place = -1
        if key := reader_key(event.user, event.session):
            place = self.readers.click(key, event.session, event.time_ms, self.now_ms)
        judged = replace(event, proof="") if event.proof == UNSIGNED else event
        weight, _ = weigh_click(self, judged, number, place, known=False)
        self._count(number, weight, event.time_ms)
        if place >= 0:
            self.readers.read(place, number, event.time_ms)
        return weight

    def everybody(self, number: int) -> Everybody:
        """Clicks that count for everybody: on the article, and on all articles.

        Args:
            number: of the article.
        """
        short, long, _ = self._clicks.get(number, (0.0, 0.0, 0.0))
        return Everybody(short, long, *self._all)

    def _advance(self, time_ms: int) -> None:
        if time_ms <= self.now_ms:
            return
        self.now_ms = time_ms
        factors = self.decay.move_landmarks(time_ms)
        self.sources.scale(factors)
        for window, factor in factors:
            if window in WINDOWS:
                at = WINDOWS.index(window)
                for counts in (self._all, *self._clicks.values()):
                    counts[at] *= factor

    def _count(self, number: int, weight: float, time_ms: int) -> None:
        weights = self.decay.weights(time_ms)
        counts = self._clicks.setdefault(number, [0.0] * len(WINDOWS))
        for at, window in enumerate(WINDOWS):
            self._all[at] += weight * weights[window]
            counts[at] += weight * weights[window]
