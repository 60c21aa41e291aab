"""What one user asks for, and what comes back."""

from dataclasses import dataclass, field
from typing import NamedTuple

from script_shared.arrays import Int16s
from script_shared.exploration.draws import Draw
from script_shared.news.state.event import Visitor


@dataclass(frozen=True)
class Query(Visitor):
    """A request for a list: the visitor, as in events, and what the visitor requests.

    Attributes:
        history: article ids read besides what is known, oldest first.
        n: items wanted.
        exclude: article ids that must not come back; ``pages``: marks of those on earlier pages; ``last``: the last
            article on the page before, "" if unknown.
        section: only this section, "" for all; tag: only articles that were posted with it.
        max_age_hours: only articles published at most so long ago, None for the release's limit.
        context_item: the article being read, "" for none.
        min_diversity: distance between any two texts of the list, 0..1; 0 for any.
        explore_slots: places for fresh articles; None for the params' number.
        explain: whether each item says what made its score.
        seed: random bytes by which the last places may be drawn; b"" draws none.
    """

    history: tuple[str, ...] = ()
    n: int = 10
    exclude: tuple[str, ...] = ()
    pages: frozenset[int] = frozenset()
    last: str = ""
    section: str = ""
    tag: str = ""
    max_age_hours: float | None = None
    context_item: str = ""
    min_diversity: float = 0.0
    explore_slots: int | None = None
    explain: bool = False
    seed: bytes = b""

    @property
    def is_plain(self) -> bool:
        """Whether user, session and length say all of it, so that a served list is enough to ask again."""
        wishes = (self.history, self.exclude, self.pages, self.section, self.tag, self.context_item)
        numbers = (self.max_age_hours, self.explore_slots)
        return not any(wishes) and numbers == (None, None) and self.min_diversity <= 0


class LiveItem(NamedTuple):
    """One item of an answer.

    Attributes:
        score: 0..1, never rising from one item to the next.
        source: what made it a candidate, such as ``trending_10m`` or ``segment``.
        explain: what each feature added to the score, greatest first; None unless asked for.
    """

    article_id: str
    score: float
    reason: str
    source: str
    explain: dict[str, float] | None = None


@dataclass(frozen=True)
class LiveAnswer:
    """What one user gets.

    Attributes:
        source: what ordered the list: ``ranker``, ``live``, or the segment's own recommender.
        degraded: short names of the missing parts, empty if all worked.
        popular: the most read of the last hour that the user may still read, for comparison.
        candidates: int16 (m), of each ranked article the bits of its sources; None when none was ranked.
        draw: how the last places were drawn; None for a list without chance.
    """

    segment: str
    source: str
    items: list[LiveItem]
    degraded: list[str]
    popular: list[str]
    candidates: Int16s | None = field(default=None, compare=False)
    draw: Draw | None = field(default=None, compare=False)
