"""GET /articles and GET /articles/{page}: stored articles, and why a user gets one or not."""

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response

from app.http.json_answer import json_response
from app.news.article_facts import ArticleFacts, beginnings
from app.news.article_shapes import Article, ArticleQuery, Articles, ArticlesQuery
from app.news.cursors import place
from app.news.releases.news_release import NewsRelease
from app.news.service import TheNews
from app.news.text_fields import RequiredId
from app.security.requirement import PARAMETER_ROLES, is_allowed, refuse_others
from script_shared.news.catalog.newest import Place
from script_shared.news.ranking.query import Query as LiveQuery
from script_shared.news.serving.verdict import TEXTS, verdict

router = APIRouter(tags=["lists"])
LOOKED_AT, LOOKED_AT_BY_ADMINS = 500, 20_000  # articles that one page looks at, however few of them fit
LAST_MS = 1 << 52  # after every publication
PageId = Annotated[RequiredId, Path(description="The article id; it may contain slashes.")]


@router.get(
    "/articles",
    summary="Search articles",
    response_model=Articles,
    openapi_extra={PARAMETER_ROLES: {"state": "editor"}},
)
async def get_articles(request: Request, query: Annotated[ArticlesQuery, Query()], service: TheNews) -> Response:
    """Articles by words of their titles, newest first.

    Editors get all of them; others get those that are published and not withdrawn. A page examines a bounded number of
    articles, so follow ``next`` until it is null.
    """
    served, admin = service.live.require(), await is_allowed(request, "editor", "news")
    if query.state and not admin:
        await refuse_others(request, "editor", "news", "The parameter state")
    if not served.recommender.newest.is_current:
        await asyncio.to_thread(served.recommender.newest.refresh)
    if admin:
        return json_response(await asyncio.to_thread(_page, served, query, LOOKED_AT_BY_ADMINS, admin=True))
    return json_response(_page(served, query, LOOKED_AT, admin=False))


@router.get(
    "/articles/{page:path}",
    summary="One article",
    response_model=Article,
    openapi_extra={PARAMETER_ROLES: dict.fromkeys(ArticleQuery.model_fields, "editor")},
)
async def get_article(
    request: Request, page: PageId, query: Annotated[ArticleQuery, Query()], service: TheNews
) -> Response:
    """An article's metadata and state. Hidden, withdrawn and unpublished articles answer 404 to all but editors.

    Editors also get what editors said of it, and with ``user_id`` or ``session`` why it is in that user's list
    of 100, or why it is not.
    """
    served, admin = service.live.require(), await is_allowed(request, "editor", "news")
    if request.query_params and not admin:
        await refuse_others(request, "editor", "news", "What a user is shown")
    facts = ArticleFacts.now(served.recommender)
    if facts.state(page) == "unknown" or not (admin or facts.is_public(page)):
        raise HTTPException(404, "This article does not exist.")
    asked = admin and bool(query.user_id or query.session)
    return json_response(
        {
            **facts.metadata_and_state(page),
            "editorial": facts.editorial(page) if admin else None,
            "user": _of_user(served, page, query) if asked else None,
        }
    )


def _page(served: NewsRelease, query: ArticlesQuery, most: int, *, admin: bool) -> dict[str, Any]:
    facts, words = ArticleFacts.now(served.recommender), beginnings(query.q)
    first = Place.before(LAST_MS if admin else facts.available.now_ms)
    start = max(first, place.read(query.cursor)) if query.cursor else first
    pages: list[str] = []
    last: Place | None = None
    found = served.recommender.newest.after(start, section=query.section, region=query.region)
    for looked, at in enumerate(found):
        if looked == most or len(pages) == query.limit:
            break
        last = at.place
        if _fits(facts, query, words, at.article_id, admin=admin):
            pages.append(at.article_id)
    else:
        last = None  # there is nothing behind
    return {"items": [facts.metadata_and_state(page) for page in pages], "next": last and place.write(last)}


def _fits(facts: ArticleFacts, query: ArticlesQuery, words: list[re.Pattern[str]], page: str, *, admin: bool) -> bool:
    return (
        facts.has(page, tag=query.tag, section=query.section, region=query.region)
        and (not query.state or facts.state(page) == query.state)
        and (admin or facts.is_public(page))
        and (not words or facts.says(page, words))
    )


def _of_user(served: NewsRelease, page: str, query: ArticleQuery) -> dict[str, Any]:
    found = verdict(served.recommender, page, LiveQuery(*query.visitor(), section=query.section))
    item = found.item
    return {
        "segment": found.segment,
        "shown": item is not None,
        "place": found.place,
        "score": item.score if item else None,
        "source": item.source if item else None,
        "because": item.reason if item else None,
        "reasons": [{"reason": reason, "text": TEXTS[reason]} for reason in found.reasons],
    }
