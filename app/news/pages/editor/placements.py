"""Where readers see one article: its places in lists, by segment."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from app.news.releases.news_release import NewsRelease
from app.news.rules.rule_cost import Audience
from script_shared.news.ranking.query import Query
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.serving.verdict import Verdict, verdict
from script_shared.throttle import yield_cpu


def placements(served: NewsRelease, article_id: str, users: Audience) -> list[dict[str, Any]]:
    """By segment in how many lists of 100 an article is, and where; for segments without any list nothing.

    Args:
        served: the release in service.
        article_id: the article.
        users: user and session of each list.

    Returns:
        ``segment``, number of ``lists`` and of those with the article (``held``), its ``best`` and ``middle`` place
        from 1, and the ``reasons`` why it is not in the others, by the names of ``verdict``.
    """
    found: dict[str, list[Verdict]] = {name: [] for name in SEGMENT_NAMES}
    for user, session in users:
        verdict_of = verdict(served.recommender, article_id, Query(user, session))
        found.setdefault(verdict_of.segment, []).append(verdict_of)
        yield_cpu()
    return [_of_segment(name, verdicts) for name, verdicts in found.items() if verdicts]


def _of_segment(name: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    places = [each.place + 1 for each in verdicts if each.place is not None]
    reasons = dict.fromkeys(reason for each in verdicts for reason in each.reasons)
    return {
        "segment": name,
        "lists": len(verdicts),
        "held": len(places),
        "best": min(places, default=None),
        "middle": median(places) if places else None,
        "reasons": list(reasons),
    }
