"""The request of one user, and the answer."""

from dataclasses import dataclass, field
from typing import NamedTuple

from script_shared.arrays import Int16s
from script_shared.exploration.draws import Draw
from script_shared.news.state.event import Visitor


@dataclass(frozen=True)
class Query(Visitor):
    """A request for a list: the visitor, as in events, and what the visitor requests.

    Attributes:
        history: article ids that the user read, besides the known reads, oldest first.
        n: number of items.
        exclude: article ids that must not come back; ``pages``: marks of those on earlier pages; ``last``: the last
            article on the page before, "" if unknown.
        section: only this section, "" for all; tag: only articles that were posted with it.
        max_age_hours: only articles published in the last so many hours, None for the release's limit.
        context_item: the article being read, "" for none.
        min_diversity: distance between any two texts of the list, 0..1; 0 for any.
        explore_slots: places for fresh articles; None for the number in the params.
        explain: whether each item explains its score.
        seed: random bytes with which the last places may be drawn; b"" draws none.
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
        """Whether user, session and length are the whole query, so that a served list can be requested again."""
        wishes = (self.history, self.exclude, self.pages, self.section, self.tag, self.context_item)
        numbers = (self.max_age_hours, self.explore_slots)
        return not any(wishes) and numbers == (None, None) and self.min_diversity <= 0


class LiveItem(NamedTuple):
    """One item of an answer.

    Attributes:
        score: 0..1, never higher than the score of the item before.
        source: what made it a candidate, such as ``trending_10m`` or ``segment``.
        explain: what each feature added to the score, greatest first; None unless requested.
    """

    article_id: str
    score: float
    reason: str
    source: str
    explain: dict[str, float] | None = None


@dataclass(frozen=True)
class LiveAnswer:
    """The answer to one query.

    Attributes:
        source: what ordered the list: ``ranker``, ``live``, or the segment's own recommender.
        degraded: short names of the missing parts, empty if all worked.
        popular: the most read of the last hour that the user may still read, for comparison.
        candidates: int16 (m), the bits of the sources of each ranked article; None if none was ranked.
        draw: how the last places were drawn; None if none were drawn.
    """

    segment: str
    source: str
    items: list[LiveItem]
    degraded: list[str]
    popular: list[str]
    candidates: Int16s | None = field(default=None, compare=False)
    draw: Draw | None = field(default=None, compare=False)
