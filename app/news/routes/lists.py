"""GET /most-read and GET /latest: lists that are the same for everybody, cached for a second."""

import asyncio
import weakref
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.http.json_answer import MEDIA_TYPE
from app.news.article_facts import NOBODY, ArticleFacts
from app.news.article_shapes import Latest, LatestQuery, ListFilters, MostRead, MostReadQuery
from app.news.releases.news_release import NewsRelease
from app.news.service import NewsService, TheNews
from script_shared.clock import HOUR_MS
from script_shared.news.catalog.newest import Place
from script_shared.news.counting.windows import HALF_LIVES_HOURS
from script_shared.news.rules.editing import Front
from script_shared.news.serving.most_read import Read, most_read
from script_shared.times import iso

router = APIRouter(tags=["lists"])
LOOKED_AT = 500  # articles that one list looks at, however few of them it may show
HEADERS = {"Cache-Control": "public, max-age=1"}


@router.get("/most-read", summary="The most read articles", response_model=MostRead)
async def get_most_read(query: Annotated[MostReadQuery, Query()], service: TheNews) -> Response:
    """Articles by their recent clicks, the same for everybody; empty without clicks.

    Clicks count less the older they are: in a window of 1h a click of an hour ago counts half.
    """
    served = service.live.require()
    return _answer(service, served, query, lambda: _most_read(served, query))


@router.get("/latest", summary="The latest articles", response_model=Latest)
async def get_latest(query: Annotated[LatestQuery, Query()], service: TheNews) -> Response:
    """The newest articles, the same for everybody."""
    served = service.live.require()
    if not served.recommender.newest.is_current:
        await asyncio.to_thread(served.recommender.newest.refresh)
    return _answer(service, served, query, lambda: _latest(served, query))


def _answer(
    service: NewsService, served: NewsRelease, query: ListFilters, make: Callable[[], dict[str, Any]]
) -> Response:
    now_ms, posts = served.model.clock.now_ms(), served.recommender.newsroom.editorial.posts
    name = f"{type(query).__name__} {query.model_dump_json()}"
    rules = served.recommender.rules.at(now_ms)
    release = weakref.ref(served.recommender)  # the cache must not keep an old release in memory
    as_of = (now_ms // 1000, release, posts, rules.number, rules.since_ms)
    return Response(service.lists.get(as_of, name, make), headers=HEADERS, media_type=MEDIA_TYPE)


def _most_read(served: NewsRelease, query: MostReadQuery) -> dict[str, Any]:
    recommender, facts = served.recommender, ArticleFacts.now(served.recommender)
    state, now_ms = recommender.newsroom.state, facts.available.now_ms
    items: list[dict[str, Any]] = []
    if state is not None:
        within = recommender.sections.within(query.section) if query.section else None
        found = most_read(state, query.window, now_ms, within=within, region=query.region)
        allowed = (
            read
            for read in islice(found, LOOKED_AT)
            if not facts.available.refusal(read.article_id, NOBODY) and facts.has(read.article_id, tag=query.tag)
        )
        reads: dict[str, Read] = {}
        pages = (reads.setdefault(read.article_id, read).article_id for read in allowed)
        items = [
            {**facts.metadata(page), "clicks": round(reads[page].clicks), "share": round(reads[page].share, 4)}
            for page in _apply_rules(facts, pages, query)
        ]
    return {"window": query.window, "generated_at": iso(now_ms), "items": items}


def _latest(served: NewsRelease, query: LatestQuery) -> dict[str, Any]:
    facts = ArticleFacts.now(served.recommender)
    now_ms = facts.available.now_ms
    oldest = -HALF_LIVES_HOURS[query.window] * HOUR_MS + now_ms if query.window else -1
    found = served.recommender.newest.after(Place.before(now_ms), section=query.section, region=query.region)
    narrowed = {"tag": query.tag, "section": query.section, "region": query.region}
    allowed = (
        at.article_id
        for at in islice(found, LOOKED_AT)
        if -at.place.age >= oldest
        and facts.has(at.article_id, **narrowed)
        and not facts.available.refusal(at.article_id, NOBODY)
    )
    return {
        "generated_at": iso(now_ms),
        "items": [facts.metadata(page) for page in _apply_rules(facts, allowed, query)],
    }


def _apply_rules(facts: ArticleFacts, pages: Iterator[str], query: ListFilters) -> list[str]:
    """The first articles that quotas and pairs of the editors allow; pins and boosts do not change these lists."""
    recommender, available = facts.recommender, facts.available
    rules = recommender.rules.at(available.now_ms)
    if not rules.quotas and not rules.pairs.bits:
        return list(islice(pages, query.limit))
    editing = recommender.editing.of(rules, available, Front(query.section, query.tag))
    return editing.arrange(list(islice(pages, query.limit)), pages, NOBODY, query.limit).ids
