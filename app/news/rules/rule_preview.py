"""The list of one user with and without a rule that is not stored yet."""

from typing import Any

from app.news.answers import items
from app.news.rules.rule_cost import Audience, cost_of
from app.news.rules.rule_shapes import PreviewBody
from app.news.service import NewsService
from script_shared.news.ranking.query import Query
from script_shared.news.rules.conflicts import contradiction
from script_shared.news.rules.rule import Rule
from script_shared.news.rules.validation import check


def preview_of(service: NewsService, body: PreviewBody, users: Audience) -> dict[str, Any]:
    """The lists and the cost.

    Args:
        service: the parts of news.
        body: the rule, and for whom the lists are.
        users: whose lists are compared for the cost.

    Returns:
        The fields of ``PreviewAnswer``.

    Raises:
        RequestError: the rule lacks something.
    """
    now_ms = service.live.require().clock.now_ms()
    rule = body.rule("new", now_ms)
    check(rule, now_ms)
    query = Query(body.user_id, n=body.num_recs, section=body.section, explore_slots=0)
    return preview_query(service, rule, query, users)


def preview_query(service: NewsService, rule: Rule, query: Query, users: Audience) -> dict[str, Any]:
    """The same for a rule and a query.

    Args:
        service: the parts of news.
        rule: a new one, or a change of a stored one.
        query: of the lists.
        users: whose lists are compared for the cost.

    Returns:
        The fields of ``PreviewAnswer``.
    """
    served, book = service.live.require(), service.rules.book
    recommender, beside = served.recommender, book.beside(rule.begun(served.clock.now_ms()))
    before, after = (recommender.answer(query, rules) for rules in (book.without(rule.rule_id), beside))
    return {
        "before": items(recommender, before.items),
        "after": items(recommender, after.items),
        "conflict": contradiction(rule, book.rules),
        "cost": cost_of(service, rule, users),
    }
