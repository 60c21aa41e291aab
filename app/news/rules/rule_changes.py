"""Adds, changes and removes rules for routes and pages: checks them, applies them here at once, and records them."""

import asyncio
from dataclasses import replace
from typing import Any

from app.decisions import Decisions
from app.news.article_facts import ArticleFacts
from app.news.service import NewsService
from script_shared.errors import RequestError
from script_shared.news.rules.rule import Rule, differences
from script_shared.news.rules.validation import check


class RuleChanges:
    """Args:
    service: the parts of news.
    decisions: the record, for the sender of the request.
    who: the sender, as the record names it, such as ``token:ana``.
    """

    def __init__(self, service: NewsService, decisions: Decisions, who: str) -> None:
        self._service, self._decisions, self._who = service, decisions, who

    async def add(self, rule: Rule) -> Rule:
        """Add a rule.

        Raises:
            RequestError: it lacks something, or pins an article that does not exist.
            ConflictError: it contradicts another rule.
            UnavailableError: the database is unreachable, or no release is in service.
        """
        self._check(rule)
        made = await asyncio.to_thread(self._service.rules.store.add, rule, self._who)
        await self._finish(f"added: {made.effect()}", made, before="")
        return made

    async def change(self, rule: Rule, version: int) -> Rule:
        """Change a rule.

        Raises:
            ConflictError: somebody changed it since that version, or it contradicts another rule.
            RequestError, UnavailableError: as of :meth:`add`.
        """
        self._check(rule)
        before = self._service.rules.book.get(rule.rule_id)
        made = await asyncio.to_thread(self._service.rules.store.change, rule, self._who, version)
        changes = "; ".join(differences(before, made)) if before else ""
        await self._finish(f"changed: {made.effect()}", made, before=f"version {version}", changes=changes)
        return made

    async def end(self, rule_id: str, version: int) -> Rule:
        """Remove a rule; it has no effect from now on, and its versions stay readable.

        Raises:
            ConflictError, RequestError, UnavailableError: as of :meth:`change`.
        """
        gone = await asyncio.to_thread(self._service.rules.store.remove, rule_id, self._who, version)
        await self._finish(f"removed: {gone.effect()}", gone, before=f"version {version}")
        return gone

    def _check(self, rule: Rule) -> None:
        served = self._service.live.require()
        check(replace(rule, author=self._who), served.clock.now_ms())
        if rule.kind == "pin" and ArticleFacts.now(served.recommender).state(rule.about.name) == "unknown":
            raise RequestError(f"about: the article {rule.about.name} does not exist.", fix="Post it first.")

    async def _finish(self, what: str, rule: Rule, *, before: str, **evidence: Any) -> None:
        await self._service.rules.refresh()
        await self._decisions.record(
            "editorial",
            "news",
            before=before,
            after=f"rule {rule.rule_id}",
            why=f"{what} ({rule.reason})",
            evidence={"rule": rule.body(), "version": rule.version, **evidence},
        )
