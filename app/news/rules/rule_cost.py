"""What a rule costs in expected clicks: lists with and without it, judged by the scores that order them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.news.releases.news_release import NewsRelease
from app.news.rules.expected_clicks import Chances
from app.news.service import NewsService
from script_shared.news.ranking.query import Query
from script_shared.news.rules.editing import Editing
from script_shared.news.rules.rule import Rule
from script_shared.news.rules.rule_book import RuleBook
from script_shared.throttle import yield_cpu

USERS = 16  # of the last answers
SOME = 3  # examples of each segment while there are fewer answers
Audience = Sequence[tuple[str, str]]


def audience(service: NewsService) -> Audience:
    """Users and sessions of the last answers; while there are few, examples of the release.

    Args:
        service: the parts of news; call this on the event loop.
    """
    last = service.intake.credits.newest_users(USERS)
    some = [user for ids in service.live.require().examples.values() for user in ids[:SOME]]
    return [*last, ("", ""), *((user, "") for user in some)][:USERS]


class Costs:
    """Compares lists under different rules, on drafts that are made once.

    Args:
        front: the section of the lists, "" for the page.
    """

    def __init__(self, served: NewsRelease, users: Audience, front: str = "") -> None:
        self._recommender = served.recommender
        self._drafts = []
        for user, session in users:
            draft = self._recommender.draft(Query(user, session, section=front, explore_slots=0))
            self._drafts.append((draft, Chances(draft.order)))
            yield_cpu()

    def of(self, with_rule: RuleBook, without: RuleBook) -> dict[str, Any]:
        """Expected clicks under two books of rules, as ``CostAnswer`` describes them."""
        books = [(book, Editing(self._recommender.article_view)) for book in (with_rule, without)]
        clicks, changed = np.zeros((max(1, len(self._drafts)), 2)), 0
        for at, (draft, chances) in enumerate(self._drafts):
            lists = [self._recommender.list_draft(draft, book, editing).ids for book, editing in books]
            clicks[at] = [chances.expected_clicks(ids) for ids in lists]
            changed += lists[0] != lists[1]
            yield_cpu()
        kept, free = (1000 * clicks.mean(axis=0)).tolist()
        return {
            "lists": len(self._drafts),
            "changed": changed,
            "with_rule": round(kept, 2),
            "without_rule": round(free, 2),
            "cost": round(free - kept, 2),
        }


def cost_of_all(service: NewsService, users: Audience) -> dict[str, Any]:
    """The cost of all rules that hold now, on the page; takes up to a second, so call it in a thread.

    Args:
        service: the parts of news.
        users: whose lists are compared.

    Returns:
        The fields of ``CostAnswer``.
    """
    return Costs(service.live.require(), users).of(service.rules.book, RuleBook())


def cost_of(service: NewsService, rule: Rule, users: Audience) -> dict[str, Any]:
    """The cost of a rule beside all others, as if it held now; takes up to a second, so call it in a thread.

    Args:
        service: the parts of news.
        rule: a stored one, or a new one.
        users: whose lists are compared.

    Returns:
        The fields of ``CostAnswer``.
    """
    served, book = service.live.require(), service.rules.book
    now = rule.begun(served.clock.now_ms())
    return Costs(served, users, rule.front).of(book.beside(now), book.without(rule.rule_id))
