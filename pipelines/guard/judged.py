"""The clicks that a use case has judged: whether the served list had the article, and whether popularity had it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class JudgedClick(NamedTuple):
    """A click that followed an answer.

    Attributes:
        time_ms: epoch milliseconds, on the clock of the release.
        person: user or visit; never stored.
        release: that made the answer.
        hit: whether the list had the article.
        popular: whether a list of the same length by popularity, made at the same moment, had it.
    """

    time_ms: int
    person: str
    release: str
    hit: bool
    popular: bool


@dataclass
class Clicks:
    """What was judged in a stretch of time.

    Attributes:
        until_ms: moment at which it ends, itself left out; the next look begins there.
        judged: the clicks, in the order of time.
        answers: how many lists each release served in this time.
    """

    until_ms: int
    judged: list[JudgedClick] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
