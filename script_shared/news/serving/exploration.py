"""Gives places to articles that clicks do not speak for yet: one to the best match, a few by Thompson sampling."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.clock import HOUR_MS
from script_shared.news.params import ServingParams
from script_shared.news.ranking.context import RequestContext
from script_shared.news.state.state import LiveState

PROVEN_CLICKS = 3  # an article with more is in the list because of its clicks
PRIOR_CLICKS, PRIOR_IMPRESSIONS = 1.0, 20.0  # what an article is thought to be worth before it was shown


@dataclass(frozen=True)
class Fresh:
    """Articles that may be tried out.

    Attributes:
        ids: of the articles.
        clicks, shown: float (articles), how often each was clicked and shown lately.
    """

    ids: Sequence[str]
    clicks: FloatArray
    shown: FloatArray


def find_unproven(state: LiveState, context: RequestContext, alike: Sequence[str]) -> list[str]:
    """The posted article most like what was just read, while it has hardly been clicked: it gets one place.

    Args:
        alike: ids of posted articles like what the user just read, most like first.
    """
    new = (
        article
        for article in context.available_ids(list(alike))
        if (row := state.article_row(article)) >= 0 and state.articles.clicks[row] <= PROVEN_CLICKS
    )
    return list(islice(new, 1))


def explore(state: LiveState, context: RequestContext, params: ServingParams, chosen: Sequence[str]) -> list[str]:
    """Fresh articles for the places reserved for exploration; fresh articles already in the list fill such places.

    Args:
        state: the live state, which says what is new and how often it was shown.
        context: the moment, and what may be shown to the user.
        params: ``explore_slots`` and ``explore_hours``.
        chosen: article ids of the list so far.

    Returns:
        Article ids, at most as many as there are places.
    """
    query = context.query
    slots = params.explore_slots if query.explore_slots is None else query.explore_slots
    if slots < 1:
        return []
    seed = f"{params.seed} {query.user} {query.session} {context.now_ms // 60_000}"
    fresh = fresh_of(state, context, params.explore_hours * state.params.pace, without=chosen)
    return draw(fresh, min(slots, query.n), seed)


def fresh_of(state: LiveState, context: RequestContext, hours: float, without: Sequence[str] = ()) -> Fresh:
    """The articles of the last hours that may be shown to a user, except those in ``without``.

    Args:
        state: the live state.
        context: the moment, and what may be shown to the user.
        hours: how old an article may be.
        without: article ids.
    """
    since = context.now_ms - hours * HOUR_MS
    live = state.articles.live_rows()
    fresh = {state.article_id(row): row for row in live[state.articles.first_ms[live] >= since].tolist()}
    ids = context.available_ids(sorted(fresh.keys() - set(without)))
    at = np.array([fresh[article] for article in ids], np.int64)
    counts = state.counts.shown_counts
    shown = counts.sums[0, 0, at] * state.counts.decay.factors(context.now_ms)[counts.windows[0]]
    return Fresh(ids, state.articles.clicks[at].astype(np.float64), shown)


def draw(fresh: Fresh, slots: int, seed: str) -> list[str]:
    """The ``slots`` articles whose drawn click rate is highest; the same seed draws the same.

    The rate of an article is drawn from Beta(prior clicks + clicks, prior misses + impressions without a click).

    Args:
        fresh: m articles with clicks and impressions.
        slots: how many to draw.
        seed: of the draw, any text.
    """
    if not len(fresh.ids) or slots < 1:
        return []
    random = np.random.default_rng(int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "little"))
    misses = np.maximum(fresh.shown - fresh.clicks, 0.0)
    rates = random.beta(PRIOR_CLICKS + fresh.clicks, PRIOR_IMPRESSIONS - PRIOR_CLICKS + misses)
    order = np.argsort(-rates, kind="stable")[:slots]
    return [fresh.ids[place] for place in order]


def with_explored(ranked: Sequence[str], articles: Sequence[str], n: int) -> list[str]:
    """A list of ``n`` whose last places belong to new articles that are not in it already.

    Args:
        ranked: article ids, best first.
        articles: ids of the new ones, which may repeat and may be in the list.
        n: length of the list.

    >>> with_explored(["a", "b", "c"], ["c", "x"], 3)
    ['a', 'b', 'x']
    """
    head = list(ranked[:n])
    new = [article_id for article_id in dict.fromkeys(articles) if article_id not in head][:n]
    kept = head[: n - len(new)] if len(head) + len(new) > n else head
    return kept + new
