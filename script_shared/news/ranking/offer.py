"""What one request can be answered with."""

from collections.abc import Sequence
from typing import NamedTuple

from script_shared.news.membership import segment_of
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.segment_list import SegmentList


class Offer(NamedTuple):
    """What is offered to one user; training learns from it, too.

    Attributes:
        segment: the list of the segment's model, None if it is broken or missing.
        found: what is ranked, None if there is nothing to rank.
        alike: ids of posted articles similar to what the user just read, most similar first.
    """

    context: RequestContext
    segment: SegmentList | None = None
    found: Candidates | None = None
    alike: Sequence[str] = ()

    @property
    def segment_name(self) -> str:
        """The segment of the user."""
        if self.segment is not None:
            return self.segment.segment
        return segment_of(logged=False, reads=len(self.context.bars.read)).name
