"""Answers a request in one direction: context, candidates, scores, list, explanation.

Every part may fail or be missing; the answer then comes from the parts that are left and says which were not.
"""

from typing import NamedTuple

from script_shared.clock import Clock
from script_shared.news.catalog.article_view import ArticleViews
from script_shared.news.catalog.availability import Availability
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.catalog.newest import Newest
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.context import Contexts, RequestContext
from script_shared.news.ranking.degradation import Degradation, FailureLog
from script_shared.news.ranking.mixing import Mixing
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.ordering import Order, order_offer
from script_shared.news.ranking.query import LiveAnswer, LiveItem, Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.segment_list import SegmentSource
from script_shared.news.rules.editing import Editing
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.serving.items import items_of, plain_items
from script_shared.news.serving.likeness import Likeness
from script_shared.news.serving.lists import ChosenList, Lists
from script_shared.news.serving.offers import Offers
from script_shared.news.serving.sections import Sections
from script_shared.news.serving.texts import Texts, content_of

NEEDED = ("segment_model", "live_ranking")  # parts without which nothing can be learned from an offer


class Draft(NamedTuple):
    """An offer and its order, out of which a list is made."""

    offer: Offer
    order: Order


class LiveRecommender:
    """Composes a release's model, the newsroom and the ranker; any of them may be missing.

    Args:
        model: None before the first release.
        newsroom: what the event log tells.
        ranker: None when the release has none.
        clock: which time it is; the release's own, where there is one.
        mixing: the release's choice; by default the first of ``serving.trusted_clicks`` for all segments.
        missing: names of parts that are missing, listed in every answer.
        rules: of the editors.

    Attributes:
        shown: how an article is displayed, by id.
        sections: of live articles; newest: all articles by age.
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
        rules: RuleBook | None = None,
    ) -> None:
        self.model, self.newsroom, self.ranker, self.params = model, newsroom, ranker, params
        self.clock = clock or (model.clock if model is not None else Clock("wall", 0))
        self.mixing = mixing or Mixing.default(params)
        self.missing = missing
        self.rules = rules or RuleBook()
        self.catalog = model.catalog if model is not None else None
        rows = CatalogRows(self.catalog)
        self.article_view = ArticleViews(self.catalog, newsroom.editorial, rows).view
        self.sections = Sections(self.catalog, newsroom, rows)
        self.newest = Newest(self.catalog, newsroom.editorial, rows)
        content = content_of(model) if model is not None else None
        texts = Texts(rows, content, newsroom.vectors) if content is not None else None
        segments = SegmentSource(model, newsroom, rows) if model is not None else None
        self._failures = FailureLog()
        self._contexts = Contexts(model, newsroom, rows, self.clock, params.max_shown, self.rules)
        self._offers = Offers(newsroom, segments, Likeness(newsroom, texts, params), self.sections, params)
        self.editing = Editing(self.article_view)
        self._lists = Lists(model, newsroom, texts, params, self.editing)

    def answer(self, query: Query, rules: RuleBook | None = None) -> LiveAnswer:
        """The best articles for one user: ``query.n`` of them, fewer only when fewer may be shown.

        Args:
            query: what was asked for.
            rules: of the editors, for a preview; those in force by default.
        """
        degraded = Degradation(self._failures, self.missing)
        context = self._contexts.of(query, degraded)
        if rules is not None:
            context = context.under(rules.at(context.now_ms))
        offer = self._offers.of(context, degraded)
        order = order_offer(offer, self.ranker, self.mixing, degraded)
        chosen = self._lists.of(offer, order, degraded)
        items: list[LiveItem] | None = None
        with degraded.part("reasons"):
            items = items_of(chosen, order, self.ranker, self._title, explain=query.explain)
        return LiveAnswer(
            segment=offer.segment_name,
            source=order.source,
            items=plain_items(chosen) if items is None else items,
            degraded=degraded.names(),
            popular=chosen.popular,
            candidates=order.live.found.sources if order.live is not None else None,
            draw=chosen.draw,
        )

    def offer(self, query: Query) -> Offer:
        """What the answer to ``query`` would be made from, as training learns from it.

        Args:
            query: what was asked for.
        """
        degraded = Degradation(self._failures, needed=NEEDED)
        return self._offers.of(self._contexts.of(query, degraded), degraded)

    def draft(self, query: Query) -> Draft:
        """What the list for ``query`` is made from, before the rules of the editors."""
        degraded = Degradation(self._failures)
        offer = self._offers.of(self._contexts.of(query, degraded), degraded)
        return Draft(offer, order_offer(offer, self.ranker, self.mixing, degraded))

    def list_draft(self, draft: Draft, rules: RuleBook, editing: Editing) -> ChosenList:
        """The list of a draft under other rules, which ``editing`` applies to all drafts."""
        context = draft.offer.context
        context = context.under(rules.at(context.now_ms))
        return self._lists.of(draft.offer._replace(context=context), draft.order, Degradation(self._failures), editing)

    def context(self, query: Query) -> RequestContext:
        """Which articles may be shown for one request now.

        Args:
            query: what was asked for.
        """
        return self._contexts.of(query, Degradation(self._failures))

    def available(self) -> Availability:
        """The availability of articles now."""
        return self._contexts.available()

    def _title(self, article_id: str) -> str:
        withheld = self.rules.at(self.clock.now_ms()).withheld
        return "" if article_id in withheld else self.article_view(article_id).title
