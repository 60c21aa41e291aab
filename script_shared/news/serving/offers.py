"""Gathers what the answer to a request is made from: the segment's list, and the candidates of live data and words."""

import numpy as np

from script_shared.arrays import Bools
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.candidates import Candidates, Source, candidates
from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.degradation import Degradation
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.segment_list import NOTHING, SegmentList, SegmentSource
from script_shared.news.serving.likeness import Likeness
from script_shared.news.serving.sections import Sections
from script_shared.news.state.state import LiveState

NARROWED = 600  # candidates when the request wants only young articles


class Offers:
    """Makes the offers of requests.

    Args:
        segments: None before the first release.
        likeness: compares posted articles with those read.
        sections: of live articles.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        segments: SegmentSource | None,
        likeness: Likeness,
        sections: Sections,
        params: ServingParams,
    ) -> None:
        self._newsroom, self._segments, self._params = newsroom, segments, params
        self._likeness, self._sections = likeness, sections

    def of(self, context: RequestContext, degraded: Degradation) -> Offer:
        """The articles offered to the user of a request.

        Args:
            context: the request, its moment, and what may be shown to the user.
            degraded: collects the names of parts that fail; the offer is made without them.
        """
        segment, found, alike, state = None, None, list[str](), self._newsroom.state
        if self._segments is not None:
            with degraded.part("segment_model"):
                segment = self._segments.of(context, max(self._params.segment_candidates, context.query.n))
        if state is not None:
            with degraded.part("texts"):
                alike = self._likeness.nearest(context)
            with degraded.part("live_ranking"):
                found = self._candidates(state, context, segment, alike)
        return Offer(context, segment, found, alike)

    def _candidates(
        self, state: LiveState, context: RequestContext, segment: SegmentList | None, alike: list[str]
    ) -> Candidates | None:
        found = candidates(
            state,
            context.query,
            context.now_ms,
            {Source.TEXT: state.articles.rows(alike)},
            count=NARROWED if context.query.max_age_hours is not None else None,
            listed=segment.alive(state) if segment is not None else NOTHING,
            within=self._within(state, context.query),
        )
        return found if len(found) else None

    def _within(self, state: LiveState, query: Query) -> Bools | None:
        """bool (used): the live articles of the section and with the tag that the request is for; None for all."""
        within = self._sections.within(query.section) if query.section else None
        if not query.tag:
            return within
        tagged: Bools = np.zeros(state.articles.used, bool)
        tagged[state.articles.rows(self._newsroom.editorial.tagged.articles(query.tag))] = True
        return tagged if within is None else tagged & within
