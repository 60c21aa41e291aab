"""Makes the list out of an order: as long as asked, available, diverse, with a few places for what is new."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from script_shared.clock import HOUR_MS
from script_shared.exploration.draws import Draw, draw
from script_shared.news.catalog.posted_articles import PostedArticles
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.context import RequestContext
from script_shared.news.ranking.degradation import Degradation
from script_shared.news.ranking.offer import Offer
from script_shared.news.ranking.ordering import Order
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.segment_list import SegmentList
from script_shared.news.rules.editing import EditedList, Editing, Front, ListEditing
from script_shared.news.serving.diversity import depth, spread
from script_shared.news.serving.exploration import explore, find_unproven, with_explored
from script_shared.news.serving.texts import Texts

BASELINE = 10  # length of the plain list that answers are compared with
POPULAR = 500  # most read articles of the last hour that may fill a list
POSTED = 1000  # newest posts that may fill a list


class ChosenList(NamedTuple):
    """A list.

    Attributes:
        ids: of its articles, best first.
        explored: ids of those that are tried out.
        popular: the plain list that answers are compared with: the most read of the last hour.
        draw: how the last places were drawn; None for a list without chance.
        by_editors: ids of those that are in their places because of a rule.
    """

    ids: list[str]
    explored: list[str]
    popular: list[str]
    draw: Draw | None = None
    by_editors: frozenset[str] = frozenset()


class Lists:
    """Makes lists.

    Args:
        model: None before the first release.
        texts: None where the release has no vocabulary.
        editing: applies the rules of the editors.
    """

    def __init__(
        self, model: NewsModel | None, newsroom: Newsroom, texts: Texts | None, params: ServingParams, editing: Editing
    ) -> None:
        self._model, self._newsroom, self._texts, self._params = model, newsroom, texts, params
        self._editing = editing
        self._posted = PostedArticles(newsroom.editorial)

    def of(self, offer: Offer, order: Order, degraded: Degradation, editing: Editing | None = None) -> ChosenList:
        """The list for a request; the end checks once more what may be shown.

        Args:
            offer: the output of the stage before, with the request's context.
            order: the candidates in order, see ``ranking/ordering.py``.
            degraded: collects the names of parts that fail; the list is made without them.
            editing: applies other rules than those of the moment.
        """
        context, query = offer.context, offer.context.query
        ranked = self._alive_first(context, order, degraded)
        editing = editing or self._editing
        rules = editing.of(context.rules, context.available, _front(query)) if context.rules.orders else None
        pinned, fixed = 0, False
        if rules is not None:
            with degraded.part("rules"):
                ranked, pinned = self._reorder(rules, context, order, degraded), len(rules.pins(context.bars, query.n))
                fixed = rules.fixes_places
        how = self._params.randomization.settings if query.seed and query.is_plain and not fixed else None
        chosen = self._diverse(context, ranked, degraded, beyond=0 if how is None else how.extra)
        tried, new, state = list[str](), list[str](), self._newsroom.state
        if state is not None:
            with degraded.part("exploration"):
                tried = explore(state, context, self._params, chosen[: query.n])
            with degraded.part("texts"):
                new = find_unproven(state, context, offer.alike)
        ids, outcome = with_explored(chosen, [*new, *tried], query.n - pinned), None
        if new or tried:  # all other articles have just passed the same check
            ids = context.available_ids(ids)
        if how is not None:
            with degraded.part("exploration"):
                more = [article for article in chosen if article not in ids]
                ids, outcome = draw(how, [*ids, *more], query.n, query.seed)
        edited = EditedList(ids)
        if rules is not None:
            with degraded.part("rules"):
                edited = rules.arrange(ids, chain(chosen, ranked), context.bars, query.n)
        return ChosenList(edited.ids, tried, self._popular(context), outcome, edited.by_editors)

    def _reorder(
        self, rules: ListEditing, context: RequestContext, order: Order, degraded: Degradation
    ) -> Iterator[str]:
        """Everything, boosted articles nearer to the top and buried ones further down."""
        n, state = context.query.n, self._newsroom.state
        if state is not None and not context.only_older and (count := rules.window(n)):
            articles = state.articles
            if len(rows := order.leading(count)):
                order = order.rearrange(rules.reorder_numbers(articles.number_in[rows], articles.ids))
                return self._everything(context, order, degraded)
        return rules.reorder(self._alive_first(context, order, degraded), n)

    def _popular(self, context: RequestContext) -> list[str]:
        top = self._newsroom.last_hour.top(context.now_ms, 4 * BASELINE)
        return list(islice(context.available.sift(top, context.bars), BASELINE))

    def _diverse(self, context: RequestContext, ranked: Iterator[str], degraded: Degradation, beyond: int) -> list[str]:
        """The first articles that may be shown, some beyond the list; where wanted, copies of one story come last."""
        query, texts = context.query, self._texts
        wanted = depth(query.n) if query.min_diversity > 0 else query.n + beyond
        chosen = list(islice(context.available.sift(ranked, context.bars), wanted))
        if query.min_diversity > 0 and texts is not None:
            with degraded.part("texts"):
                chosen = spread(chosen, len(chosen), query.min_diversity, texts.similarities)
        return chosen

    def _alive_first(self, context: RequestContext, order: Order, degraded: Degradation) -> Iterator[str]:
        """Everything; where all of the release has expired, what was posted since and is alive comes before it."""
        everything = self._everything(context, order, degraded)
        if not context.only_older:
            return everything
        likely = chain(order.ids, self._newsroom.last_hour.top(context.now_ms, POPULAR))
        return self._posted.first(context.now_ms - context.max_age_hours * HOUR_MS, likely, everything)

    def _everything(self, context: RequestContext, order: Order, degraded: Degradation) -> Iterator[str]:
        """All articles there are, best first; the later ones are only found when the list needs them."""
        return chain.from_iterable(self._parts(context, order, degraded))

    def _parts(self, context: RequestContext, order: Order, degraded: Degradation) -> Iterator[Iterable[str]]:
        yield order.ids
        if order.segment is not None:
            yield self._more(context, order.segment, degraded)
        yield self._newsroom.last_hour.top(context.now_ms, POPULAR)
        yield self._newsroom.editorial.newest(POSTED)
        if self._model is not None and order.segment is None:  # the model is broken; its catalog is not
            catalog = self._model.catalog
            newest = np.argsort(-np.asarray(catalog.issued_ms), kind="stable")
            yield (catalog.ids.ids[int(row)] for row in newest)

    def _more(self, context: RequestContext, segment: SegmentList, degraded: Degradation) -> Iterator[str]:
        """A little more of what may be shown than the list needs."""
        with degraded.part("segment_model"):
            among = context.available.possible(context.bars)
            yield from segment.more(2 * depth(context.query.n), among)


def _front(query: Query) -> Front:
    """The front that a request is for; a tag and what to read next have no pins."""
    has_pins = not query.tag and not query.context_item
    return Front(query.section, query.tag, has_pins, query.pages, query.last)
