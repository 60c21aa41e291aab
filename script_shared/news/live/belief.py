"""How much a click counts for everybody, asked of a live state just before the click is taken over."""

from typing import TYPE_CHECKING

from script_shared.clock import HOUR_MS
from script_shared.news.live.event import LiveEvent
from script_shared.news.live.trust import ALL, SIGNED, UNSIGNED, left_of_hour, network_source

if TYPE_CHECKING:
    from script_shared.news.live.state import LiveState


def believe(state: "LiveState", event: LiveEvent, number: int, place: int, *, known: bool) -> float:
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


def is_new(state: "LiveState", place: int, *, known: bool) -> bool:
    """Whether the first click of the user in a place arrived a short while ago; ``known`` users are never new."""
    since_ms = state.now_ms - state.readers.first_ms[place]
    return not known and since_ms < state.params.trust.new_hours * HOUR_MS


def votes(state: "LiveState", place: int, *, known: bool) -> bool:
    """Whether the labels that a user sends may become groups: not those of new users, where there are others."""
    return not is_new(state, place, known=known) or not state.sources.compares_new
