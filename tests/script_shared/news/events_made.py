"""Small made-up streams of events, and a small state to fold them into."""

from hypothesis import strategies as st

from script_shared.arrays import IntArray
from script_shared.events import Kind
from script_shared.news.params import LiveParams, TrustParams
from script_shared.news.state.event import LiveEvent
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.state import LiveState

START_MS = 1_660_000_000_000
MINUTE_MS = 60_000


def small_params(trust: TrustParams | None = None, **changes: int) -> LiveParams:
    """Bounds that are soon reached; by default every label is taken from its first user."""
    bounds = {"articles": 16, "known_articles": 40, "readers": 12, "reads_per_reader": 64}
    belief = trust or TrustParams(label_users=1)
    return LiveParams(**{**bounds, "shown_readers": 10, "candidates": 10, **changes}, trust=belief)


def click(user: str, article: str, minute: float = 0.0, session: str = "", **fields: str) -> LiveEvent:
    return LiveEvent(
        user, session, kind=Kind.CLICK, article=article, time_ms=START_MS + int(minute * MINUTE_MS), **fields
    )


def folded(*events: LiveEvent, **changes: int) -> LiveState:
    state = LiveState(small_params(**changes))
    state.fold(events)
    return state


_EVENT = st.builds(
    LiveEvent,
    st.integers(0, 25).map(lambda user: f"u{user}" if user else ""),
    st.sampled_from(["", "s1", "s2"]),
    st.sampled_from(["", "sp", "rj"]),
    st.sampled_from(["mobile", "desktop"]),
    kind=st.sampled_from([Kind.CLICK, Kind.CLICK, Kind.CLICK, Kind.IMPRESSION]),
    article=st.integers(0, 60).map(lambda article: f"a{article}"),
    time_ms=st.integers(0, 4 * 24 * 60).map(lambda minute: START_MS + minute * MINUTE_MS),
    section=st.sampled_from(["", "economia"]),
    proof=st.sampled_from(["", "", "signed", "answer", "unsigned"]),
    network=st.sampled_from(["", "00000000", "0a1b2c3d", "no hex"]),
)
STREAMS = st.lists(_EVENT, max_size=120)
"""Streams that overrun every bound of the small state, with late events and leaps in time."""


def read_rows(state: LiveState, user: str, session: str = "") -> IntArray:
    """Rows of the articles that a user read and that are still alive, latest first; twice if read twice."""
    place = state.readers.find(reader_key(user, session))
    return state.articles.rows_of(state.readers.reads(place) if place >= 0 else ())
