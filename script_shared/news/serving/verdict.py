"""Explains why an article is in one user's list or not."""

from dataclasses import dataclass, replace

from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.ranking.query import LiveItem, Query
from script_shared.news.serving.recommender import LiveRecommender

LONGEST = 100  # places that are looked at
RANKED_LOWER, NO_CANDIDATE = "ranked_lower", "no_candidate"
TEXTS = {
    "read": "The user has read it.",
    "excluded": "The request excludes it.",
    "unknown": "It is neither in the release nor posted.",
    "taken_down": "It was taken down.",
    "hidden": "It is hidden.",
    "embargoed": "It is under embargo.",
    "expired": "It has expired.",
    "not_published": "Its publication time is later than the release's clock.",
    "other_section": "It is in another section.",
    "other_tag": "It was not posted with the tag.",
    "too_old": "It is older than the request allows.",
    "shown_too_often": "It was shown to the user too often without a click.",
    RANKED_LOWER: f"It is a candidate, but {LONGEST} others rank higher.",
    NO_CANDIDATE: "Neither clicks nor words nor the segment's model make it a candidate.",
}


@dataclass(frozen=True)
class Verdict:
    """What one user gets of an article.

    Attributes:
        reasons: why it is not in the list, by the names in ``TEXTS``; none when it is.
        place: in the list, from 0; None when it is not in it.
        item: as it is in the list.
        segment: of the user.
    """

    reasons: list[str]
    segment: str
    place: int | None = None
    item: LiveItem | None = None


def verdict(recommender: LiveRecommender, article_id: str, query: Query) -> Verdict:
    """Why an article is or is not in the list that ``query`` requests.

    Args:
        recommender: the release in service.
        article_id: may be unknown.
        query: the request of the list; its ``n`` is ignored, the longest list is made.
    """
    query = replace(query, n=LONGEST)
    context = recommender.context(query)
    answer = recommender.answer(query)
    place = next((at for at, item in enumerate(answer.items) if item.article_id == article_id), None)
    if place is not None:
        return Verdict([], answer.segment, place, answer.items[place])
    reasons = refusals(context.available, article_id, context.bars)
    return Verdict(reasons or [_lower(recommender, article_id, query)], answer.segment)


def refusals(available: Availability, article_id: str, bars: Bars) -> list[str]:
    """All reasons that keep an article out, not only the first.

    Args:
        available: the rules that hold for everybody.
        article_id: may be unknown.
        bars: articles that this request excludes.

    Returns:
        Names of reasons, such as ``read`` or ``expired``; empty when nothing bars it.
    """
    alone = [
        available.refusal(article_id, bar)
        for bar in (
            Bars(read=bars.read, read_rows=bars.read_rows),
            Bars(excluded=bars.excluded, pages=bars.pages),
            Bars(too_often=bars.too_often),
            Bars(section=bars.section),
            Bars(tag=bars.tag),
            Bars(max_age_hours=bars.max_age_hours),
        )
    ]
    return list(dict.fromkeys(reason for reason in [available.refusal(article_id, Bars()), *alone] if reason))


def _lower(recommender: LiveRecommender, article_id: str, query: Query) -> str:
    found, state = recommender.offer(query).found, recommender.newsroom.state
    row = state.article_row(article_id) if state is not None else -1
    return RANKED_LOWER if found is not None and row >= 0 and row in found.rows else NO_CANDIDATE
