"""A user's taste: how popular and how old clicked articles were at the click, as running means."""

from math import log, log1p
from typing import TYPE_CHECKING

from script_shared.news.counting import windows
from script_shared.news.counting.decay import HOUR_MS

if TYPE_CHECKING:
    from script_shared.news.state.state import LiveState

_WINDOW = windows.OVERALL.index("1h")
_LEAST_RATE = 0.1
SHARE_FLOOR = 1e-5


def learn_taste(state: "LiveState", place: int, row: int, time_ms: int) -> None:
    """Update the taste with a click of a user, before the click is counted."""
    readers = state.readers
    share = state.overall.now(_WINDOW, row) / (state.overall.total_now(_WINDOW) + 1e-30)
    age = log1p(max(time_ms - state.articles.first_ms.item(row), 0.0) / HOUR_MS)
    rate = max(1.0 / (readers.total[place] + 1), _LEAST_RATE)
    readers.taste_share[place] += rate * (log(share + SHARE_FLOOR) - readers.taste_share[place])
    readers.taste_age[place] += rate * (age - readers.taste_age[place])
