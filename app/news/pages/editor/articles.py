"""GET /news/editor/articles: search; GET and POST …/article: one article, where it is, its life, and its takedown."""

import asyncio
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Response

from app.decisions import TheDecisions
from app.dependencies import TheService
from app.news.article_facts import ArticleFacts, beginnings
from app.news.article_shapes import Words
from app.news.pages.editor.editor_page import HOME, EditorView, TheView, editor_page
from app.news.pages.editor.life_curve import life_curve
from app.news.pages.editor.placements import placements
from app.news.pages.editor.reasons import reason_text
from app.news.pages.editor.rule_text import rule_row
from app.news.releases.news_release import NewsRelease
from app.news.rules.rule_changes import RuleChanges
from app.news.rules.rule_cost import audience
from app.news.service import NewsService, TheNews
from app.news.text_fields import Id, RequiredId
from app.shell.forms import TheForm
from app.shell.page_route import PageRoute
from app.shell.view import View
from script_shared.errors import UnavailableError
from script_shared.news.catalog.newest import Place
from script_shared.news.ranking.query import Query as LiveQuery
from script_shared.news.rules.rule import Group, Rule
from script_shared.news.serving.verdict import verdict

router = APIRouter(prefix="/news/editor", include_in_schema=False, route_class=PageRoute)
FOUND, LOOKED_AT = 30, 20_000
LAST_MS = 1 << 52  # after every publication


@router.get("/articles")
async def get_articles(view: TheView, service: TheNews, q: Annotated[Words, Query()] = "") -> Response:
    """Articles by words of their titles, newest first."""
    served = service.live.require()
    if not served.recommender.newest.is_current:
        await asyncio.to_thread(served.recommender.newest.refresh)
    found = await asyncio.to_thread(_search, served, q)
    return editor_page(view, "articles", view.texts["find"], served, q=q, found=found)


def _search(served: NewsRelease, q: str) -> list[dict[str, Any]]:
    facts, words = ArticleFacts.now(served.recommender), beginnings(q)
    newest = islice(served.recommender.newest.after(Place.before(LAST_MS)), LOOKED_AT)
    ids = (at.article_id for at in newest if not words or facts.says(at.article_id, words))
    return [facts.metadata_and_state(article) for article in islice(ids, FOUND)]


@router.get("/article")
async def get_article(
    view: TheView,
    service: TheNews,
    host: TheService,
    page: Annotated[RequiredId, Query()],
    user: Annotated[Id, Query()] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One article: its rules, where readers see it, and its clicks by hour."""
    served = service.live.require()
    facts = ArticleFacts.now(served.recommender)
    if facts.state(page) == "unknown":
        raise HTTPException(404, "This article does not exist.")
    users = audience(service)
    found = await asyncio.to_thread(placements, served, page, users)
    try:
        curve = await asyncio.to_thread(life_curve, host.log, facts, page, view.texts)
    except UnavailableError:
        curve = None
    of_user = await asyncio.to_thread(_of_user, view, served, page, user) if user else ""
    return editor_page(
        view,
        "article",
        facts.metadata(page)["title"] or page,
        served,
        tab="articles",
        article=facts.metadata_and_state(page),
        placements=found,
        curve=curve,
        user=user,
        of_user=of_user,
        done=done,
        rules=[rule_row(view, facts, rule) for rule in _rules_about(service, served, page)],
    )


def _of_user(view: View, served: NewsRelease, page: str, user: str) -> str:
    found = verdict(served.recommender, page, LiveQuery(user))
    if found.item is not None and found.place is not None:
        why = reason_text(view.texts, found.item.source, found.item.reason)
        return view.texts["at_place"].format(place=found.place + 1, why=why)
    return " ".join(view.texts[f"not_{reason}"] for reason in found.reasons)


def _rules_about(service: NewsService, served: NewsRelease, page: str) -> list[Rule]:
    now_ms, key = served.clock.now_ms(), ("article", page)
    return [
        rule
        for rule in service.rules.book.rules
        if key in (rule.about.key, rule.other.key if rule.other else None) and rule.state(now_ms) != "ended"
    ]


@router.post("/take-down")
async def take_down(view: EditorView, service: TheNews, form: TheForm, decisions: TheDecisions) -> Response:
    """Take an article down from now on, without an end."""
    page = form.get("page", "").strip()
    reason = form.get("reason", "").strip()[:500] or view.texts["take_down_reason"]
    now_ms = service.live.require().clock.now_ms()
    rule = Rule("", "take_down", Group("article", page), now_ms, reason=reason)
    await RuleChanges(service, decisions, f"token:{view.viewer.name}").add(rule)
    return view.redirect(f"{HOME}/article?page={quote(page, safe='')}&done=down#done")
