"""Answers a request: segment, candidates, ranking, then, last on every path, the availability filter.

Every part may fail or be missing; the answer then comes from the parts that are left and says which were not.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice
from math import inf
from typing import NamedTuple, TypeVar

import numpy as np

from script_shared.arrays import IntArray
from script_shared.clock import HOUR_MS, Clock
from script_shared.news.catalog.article_view import ArticleViews
from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.newest import Newest
from script_shared.news.catalog.posted_articles import PostedArticles
from script_shared.news.membership import segment_of
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.candidates import Candidates, Source, candidates
from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.mixing import Mixing, clicks_of_an_hour
from script_shared.news.ranking.ordering import LiveOrder, fused
from script_shared.news.ranking.query import LiveAnswer, LiveItem, Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.reasons import ALSO
from script_shared.news.ranking.segment_candidates import segment_candidates
from script_shared.news.ranking.segment_list import SegmentList, SegmentSource
from script_shared.news.serving.diversity import depth, spread
from script_shared.news.serving.exploration import with_explored
from script_shared.news.serving.items import Items
from script_shared.news.serving.novelty import Novelty
from script_shared.news.serving.sections import Sections
from script_shared.news.serving.texts import Texts, content_of
from script_shared.news.state.state import LiveState

log = logging.getLogger("pauta.recommend")
T = TypeVar("T")
MAX_AGE_HOURS = 168.0  # without a release
BASELINE = 10  # length of the plain list that answers are compared with
SILENT_SECONDS = 60.0  # a part that fails with every request is logged so often
POPULAR = 500  # most read articles of the last hour that may fill a list
POSTED = 1000  # newest posts that may fill a list
NARROWED = 600  # candidates when the request wants only young articles


class Offer(NamedTuple):
    """What one answer is ordered from: the candidates, and the list of the segment's model, None where it is broken."""

    context: RequestContext
    found: Candidates
    segment: SegmentList | None


class LiveRecommender:
    """Composes a release's model, the newsroom and the ranker; any of them may be missing.

    Args:
        model: None before the first release.
        newsroom: what the event log tells.
        ranker: None when the release has none.
        clock: which time it is; the release's own, where there is one.
        mixing: the release's choice; by default the first of ``serving.trusted_clicks`` for all segments.
        missing: names of parts that are missing, listed in every answer.
    """

    def __init__(
        self,
        model: NewsModel | None,
        newsroom: Newsroom,
        ranker: Ranker | None,
        params: ServingParams,
        *,
        clock: Clock | None = None,
        mixing: Mixing | None = None,
        missing: tuple[str, ...] = (),
    ) -> None:
        self.model, self.newsroom, self.ranker, self.params = model, newsroom, ranker, params
        self.clock = clock or (model.clock if model is not None else Clock("wall", 0))
        self.mixing = mixing or Mixing.default(params)
        self.missing = missing
        self._last_logged: dict[str, float] = {}
        self._strangers: tuple[int, int, SegmentList | None] = (-1, 0, None)
        self.catalog = model.catalog if model is not None else None
        self._max_age = model.params.pool.max_age_hours if model is not None else MAX_AGE_HOURS
        content = content_of(model) if model is not None else None
        self._rows = CatalogRows(self.catalog)
        self._posted = PostedArticles(newsroom.editorial)
        self._source = SegmentSource(model, newsroom, self._rows) if model is not None else None
        self.shown = ArticleViews(self.catalog, newsroom.editorial, self._rows).shown
        self.sections = Sections(self.catalog, newsroom, self._rows)
        self.newest = Newest(self.catalog, newsroom.editorial, self._rows)
        self._texts = Texts(self._rows, content, newsroom.vectors) if content is not None else None
        self._novelty = Novelty(newsroom, self._texts, params)

    def answer(self, query: Query) -> LiveAnswer:
        """The best articles for one user: ``query.n`` of them, fewer only when fewer may be shown."""
        context = self._context_of(query)
        segment = self._or_fallback(context, "segment_model", lambda: self._segment_list(context), None)
        order = self._or_fallback(context, "live_ranking", lambda: self._order(context, segment), None)
        reliance = self._or_fallback(context, "live_ranking", lambda: self._trust(context, segment), 0.0)
        ranked = self._ranked(context, order, segment, reliance)
        chosen = self._chosen(context, self._alive_first(context, ranked, order, segment, reliance))
        plain = [LiveItem(article, 0.0, ALSO, "rest") for article in chosen]
        make = lambda: Items(self, context, order if reliance else None, segment).all(chosen)  # noqa: E731
        items = self._or_fallback(context, "reasons", make, plain)
        return LiveAnswer(
            segment=segment.segment if segment is not None else self._segment_name(context),
            source=order.source if order is not None and reliance else segment.source if segment else "popularity",
            items=items,
            degraded=list(dict.fromkeys(context.degraded)),
            popular=self._popular(context),
            candidates=order.found.sources if order is not None else None,
        )

    def _or_fallback(self, context: RequestContext, part: str, ask: Callable[[], T], otherwise: T) -> T:
        """The result of a part; if it fails, ``otherwise``, and the answer names the part as degraded."""
        try:
            return ask()
        except Exception:  # a part that fails costs its share of the answer, not the answer
            context.degraded.append(part)
            if time.monotonic() - self._last_logged.get(part, -SILENT_SECONDS) >= SILENT_SECONDS:
                self._last_logged[part] = time.monotonic()
                log.warning("%s failed", part, exc_info=True)
            return otherwise

    def available(self) -> Availability:
        """The availability of articles now."""
        now_ms = self.clock.now_ms()
        only_older = self.model is not None and self.model.only_older(now_ms)
        max_age = inf if only_older else self._max_age
        return Availability(self.catalog, self.newsroom.editorial, now_ms, max_age, self._rows)

    def bars(self, query: Query) -> tuple[Availability, Bars]:
        """The availability of articles now, and the articles that one request excludes."""
        context = self._context_of(query)
        return context.available, context.bars

    def _context_of(self, query: Query) -> RequestContext:
        available = self.available()
        context = RequestContext(query, available.now_ms, self._bars(query), available, list(self.missing))
        nothing: tuple[set[str], set[str]] = (set(), set())
        read, too_often = self._or_fallback(context, "live_state", lambda: self._read_and_shown(query), nothing)
        context.bars = replace(context.bars, read=context.bars.read | read, too_often=too_often)
        return context

    def _bars(self, query: Query) -> Bars:
        """Articles that the request and the release exclude."""
        return Bars(
            read=frozenset(query.history),
            read_rows=self._source.known_reads(query.user, query.session) if self._source is not None else frozenset(),
            excluded={*query.exclude, query.context_item},
            pages=query.pages,
            section=query.section,
            tag=query.tag,
            max_age_hours=query.max_age_hours,
        )

    def _read_and_shown(self, query: Query) -> tuple[set[str], set[str]]:
        """What the user read, also earlier in the visit under no name, and what was shown to the user too often."""
        shown = self.newsroom.shown_to(query.user, query.session)
        too_often = {article for article, count in shown.items() if count >= self.params.max_shown}
        read = self.newsroom.read_by(query.user, query.session)
        if query.user and query.session:
            read |= self.newsroom.read_by("", query.session)
        return read, too_often

    def _segment_list(self, context: RequestContext) -> SegmentList | None:
        if self._source is None:
            return None
        query, count = context.query, max(self.params.segment_candidates, context.query.n)
        bars = context.bars
        if bars.read or bars.read_rows or query.exclude or query.context_item or self._source.knows(query.user):
            return self._source.best(query, bars.read_rows, count)
        return self._for_strangers(context.now_ms // 1000, count)

    def _for_strangers(self, second: int, count: int) -> SegmentList | None:
        """The list for unknown users; made once per second."""
        assert self._source is not None
        if self._strangers[:2] != (second, count):
            self._strangers = (second, count, self._source.best(Query(), frozenset(), count))
        return self._strangers[2]

    def offer(self, query: Query) -> Offer | None:
        """What the answer to ``query`` would be ordered from, as training learns from it; None without candidates."""
        context = self._context_of(query)
        segment = self._segment_list(context)
        found = self._candidates(context, segment)
        return Offer(context, found, segment) if found is not None else None

    def _order(self, context: RequestContext, segment: SegmentList | None) -> LiveOrder | None:
        found = self._candidates(context, segment)
        if found is None:
            return None
        ranker = self.ranker
        if ranker is None or not ranker.serves(segment.segment if segment is not None else self._segment_name(context)):
            return LiveOrder.of(found, None)
        return LiveOrder.of(found, self._or_fallback(context, "ranker", lambda: ranker.rank(found), None))

    def _candidates(self, context: RequestContext, segment: SegmentList | None) -> Candidates | None:
        state, query = self.newsroom.state, context.query
        if state is None:
            return None
        context.alike = self._or_fallback(context, "texts", lambda: self._novelty.alike(context), list[str]())
        extra = {Source.TEXT: self._live_rows(context.alike)}
        within = self.sections.within(query.section) if query.section else None
        if query.tag:
            tagged = self._mask(state, self.newsroom.editorial.tagged.articles(query.tag))
            within = tagged if within is None else tagged & within
        request = query.at(context.now_ms)._replace(section="")  # the catalog knows sections better
        count = NARROWED if query.max_age_hours is not None else None
        found = candidates(state, request, extra, count=count, listed=segment_candidates(state, segment), within=within)
        return found if len(found) else None

    def _mask(self, state: LiveState, article_ids: list[str]) -> IntArray:
        """bool (used): the rows of these articles."""
        found: IntArray = np.zeros(state.articles.used, bool)
        found[self._live_rows(article_ids)] = True
        return found

    def _live_rows(self, article_ids: list[str]) -> IntArray:
        state = self.newsroom.state
        found = map(state.article_row, article_ids) if state is not None else ()
        return np.array([row for row in found if row >= 0], np.int64)

    def _trust(self, context: RequestContext, segment: SegmentList | None) -> float:
        if (state := self.newsroom.state) is None:
            return 0.0
        name = segment.segment if segment is not None else self._segment_name(context)
        return self.mixing.trust(name, clicks_of_an_hour(state, context.now_ms))

    def _ranked(
        self, context: RequestContext, order: LiveOrder | None, segment: SegmentList | None, reliance: float
    ) -> Iterator[str]:
        """All articles there are, best first; the later ones are only computed when the list needs them."""
        yield from fused(order.ids if order else [], segment.ids if segment else [], reliance)
        model, room = self.model, self.newsroom
        if self._source is not None and segment is not None:
            more = self._or_fallback(context, "segment_model", lambda: self._more(context, segment), iter(list[str]()))
            while (article := self._or_fallback(context, "segment_model", lambda: next(more, None), None)) is not None:
                yield article
        yield from room.last_hour.top(context.now_ms, POPULAR)
        yield from room.editorial.newest(POSTED)
        if model is not None and segment is None:  # the model is broken; its catalog is not
            newest = np.argsort(-np.asarray(model.catalog.issued_ms), kind="stable")
            yield from (model.catalog.ids.ids[int(row)] for row in newest)

    def _more(self, context: RequestContext, segment: SegmentList) -> Iterator[str]:
        """What the segment's model says of all that may be shown; a little more of it than the list needs."""
        assert self._source is not None
        return self._source.more(segment, 2 * depth(context.query.n), context.available.possible(context.bars))

    def _alive_first(
        self,
        context: RequestContext,
        ranked: Iterator[str],
        order: LiveOrder | None,
        segment: SegmentList | None,
        reliance: float,
    ) -> Iterator[str]:
        """``ranked``; where all of the release has expired, what was posted since and is alive comes before it."""
        if context.available.max_age_hours == self._max_age:
            return ranked
        likely = fused(order.ids if order else [], segment.ids if segment else [], reliance)
        popular = self.newsroom.last_hour.top(context.now_ms, POPULAR)
        return self._posted.first(context.now_ms - self._max_age * HOUR_MS, chain(likely, popular), ranked)

    def _chosen(self, context: RequestContext, ranked: Iterator[str]) -> list[str]:
        """The list: available, diverse, with a few places for what is new; and filtered once more at the very end."""
        query, available, texts = context.query, context.available, self._texts
        wanted = depth(query.n) if query.min_diversity > 0 else query.n
        chosen = list(islice(available.sift(ranked, context.bars), wanted))
        if query.min_diversity > 0 and texts is not None:
            diverse = lambda: spread(chosen, query.n, query.min_diversity, texts.similarities)  # noqa: E731
            chosen = self._or_fallback(context, "texts", diverse, chosen)
        nothing: list[str] = []
        context.explored = self._or_fallback(
            context, "exploration", lambda: self._novelty.explored(context, chosen[: query.n]), nothing
        )
        new = [
            *self._or_fallback(context, "texts", lambda: self._novelty.unproven(context), nothing),
            *context.explored,
        ]
        return list(available.sift(with_explored(chosen, new, query.n), context.bars))

    def _popular(self, context: RequestContext) -> list[str]:
        top = self.newsroom.last_hour.top(context.now_ms, 4 * BASELINE)
        return list(islice(context.available.sift(top, context.bars), BASELINE))

    def _segment_name(self, context: RequestContext) -> str:
        return segment_of(logged=False, reads=len(context.bars.read)).name
