"""How much a click counts for everybody, asked of a live state just before the click is taken over."""

from typing import Protocol

from script_shared.clock import HOUR_MS
from script_shared.news.live.event import LiveEvent
from script_shared.news.live.readers import Readers, reader_key
from script_shared.news.live.trust import ALL, SIGNED, UNSIGNED, Sources, left_of_hour, network_source
from script_shared.news.params import LiveParams


class Asked(Protocol):
    """What of a live state is looked at."""

    params: LiveParams
    readers: Readers
    sources: Sources
    now_ms: int


class Ledger:
    """Weighs clicks as a live state does, and counts nothing: for trainings, which count by themselves.

    Unsigned clicks are not weighed down: where all are, a training would have none.
    """

    def __init__(self, params: LiveParams) -> None:
        self.params, self.now_ms = params, 0
        self.readers = Readers(params.readers, params.reads_per_reader)
        self.sources = Sources(params.trust)
        self._numbers: dict[str, int] = {}

    def weigh(self, event: LiveEvent) -> float:
        """The weight of the next click in the log's order, 0 to 1."""
        self.now_ms = max(self.now_ms, event.time_ms)
        number = self._numbers.setdefault(event.article, len(self._numbers))
        place = -1
        if key := reader_key(event.user, event.session):
            place = self.readers.visit(key, event.session, event.time_ms)
            if not self.readers.total[place]:
                self.readers.first_ms[place] = self.now_ms
        judged = event._replace(proof="") if event.proof == UNSIGNED else event
        weight = believe(self, judged, number, place, known=False)
        if place >= 0:
            self.readers.read(place, number, event.time_ms)
        return weight


def believe(state: Asked, event: LiveEvent, number: int, place: int, *, known: bool) -> float:
    """The weight of a click, 0 to 1; it is counted for its user and for its sources.

    Args:
        number: of the article.
        place: of the user among the readers, -1 for nobody.
        known: whether the release knows the user.
    """
    state.sources.advance(state.now_ms)
    trust, readers = state.params.trust, state.readers
    most = trust.unsigned if event.proof == UNSIGNED else 1.0
    network = ALL if event.proof == SIGNED else network_source(event.network)
    if place < 0:
        nameless = event.proof != SIGNED
        return state.sources.believe(number, new=False, nameless=nameless, network=network, most=most * trust.nameless)
    if readers.has_read(place, number):
        return 0.0
    new = is_new(state, place, known=known)
    limit = trust.new_clicks_per_hour if new else trust.clicks_per_hour
    left, held = left_of_hour(readers.spent[place], state.now_ms - readers.spent_ms[place], limit)
    new = new and event.proof != SIGNED
    weight = state.sources.believe(number, new=new, nameless=False, network=network, most=min(most, left))
    readers.spent[place], readers.spent_ms[place] = held + weight, state.now_ms
    return weight


def is_new(state: Asked, place: int, *, known: bool) -> bool:
    """Whether the first click of the user in a place arrived a short while ago; ``known`` users are never new."""
    since_ms = state.now_ms - state.readers.first_ms[place]
    return not known and since_ms < state.params.trust.new_hours * HOUR_MS


def votes(state: Asked, place: int, *, known: bool) -> bool:
    """Whether the labels that a user sends may become groups: not those of new users, where there are others."""
    return not is_new(state, place, known=known) or not state.sources.compares_new
