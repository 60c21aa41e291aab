"""Articles that clicks do not speak for yet: found by their words, given one place, and tried out by exploration."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from script_shared.clock import HOUR_MS
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.context import RequestContext
from script_shared.news.serving.exploration import draw, fresh_of
from script_shared.news.serving.likeness import Likeness
from script_shared.news.serving.texts import Texts

PROVEN_CLICKS = 3  # an article with more is in the list because of its clicks


class Novelty:
    """Looks for new articles for one request after the other.

    Args:
        texts: None where the release has no vocabulary.
    """

    def __init__(self, newsroom: Newsroom, texts: Texts | None, params: ServingParams) -> None:
        self._newsroom, self._params = newsroom, params
        self._likeness = Likeness(newsroom, texts, params)

    def alike(self, context: RequestContext) -> list[str]:
        """Posted articles that are like what the user just read, most like first."""
        room, query, params = self._newsroom, context.query, self._params
        if not len(room.editorial):
            return []
        read = [*room.latest_reads(query.user, query.session, 5), *query.history[-5:], query.context_item]
        since, issued_ms = context.now_ms - params.text_hours * room.pace * HOUR_MS, context.available.issued_ms
        read = [article for article in read if article]
        posted = [article for article in self._likeness.posted(read) if issued_ms(article, -1) >= since] if read else []
        likeness = self._likeness.of(posted, read)
        order = np.argsort(-likeness, kind="stable")[: params.text_candidates]
        return [posted[place] for place in order if likeness[place] >= 0.0]

    def unproven(self, context: RequestContext) -> list[str]:
        """The posted article most like what was just read, while it has hardly been clicked: it gets one place."""
        state = self._newsroom.state
        if state is None:
            return []
        new = (
            article
            for article in context.available_ids(context.alike)
            if (row := state.article_row(article)) >= 0 and state.articles.clicks[row] <= PROVEN_CLICKS
        )
        return list(islice(new, 1))

    def explored(self, context: RequestContext, listed: Sequence[str]) -> list[str]:
        """Fresh articles for the places that may be given away; those that the list holds anyway need none."""
        query, state, params = context.query, self._newsroom.state, self._params
        slots = params.explore_slots if query.explore_slots is None else query.explore_slots
        if state is None or slots < 1:
            return []
        seed = f"{params.seed} {query.user} {query.session} {context.now_ms // 60_000}"
        return draw(
            fresh_of(state, context, params.explore_hours * self._newsroom.pace, without=listed),
            min(slots, query.n),
            seed,
        )
