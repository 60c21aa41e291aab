"""GET and POST /recommendations: a list of articles for one reader."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import cursor
from app.answers import ask, front, items, json_response
from app.dependencies import Service, TheService
from app.shapes import Knobs, Recommendations, RecommendationsBody, RecommendationsQuery
from script_shared.news.live.query import Query as LiveQuery

router = APIRouter(tags=["recommendations"])


@router.get("/recommendations", summary="A list for one reader", response_model=Recommendations)
async def get_recommendations(
    request: Request, query: Annotated[RecommendationsQuery, Query()], service: TheService
) -> Response:
    """Articles for a reader, best first. Nothing read, hidden, expired or not yet published is in the list."""
    return _answer(request, service, query, [], query.exclude_ids)


@router.post("/recommendations", summary="A list that also heeds an inline history", response_model=Recommendations)
async def post_recommendations(request: Request, body: RecommendationsBody, service: TheService) -> Response:
    """The same, for a reader who just read the pages of ``history``; pages of ``exclude`` stay out."""
    return _answer(request, service, body, body.history, [*body.exclude, *body.exclude_ids])


def _answer(request: Request, service: Service, knobs: Knobs, history: list[str], exclude: list[str]) -> Response:
    served = service.live.require()
    query = _query(knobs, history, exclude)
    answer, _ = ask(service, served, request, query)
    pages = [item.article_id for item in answer.items]
    after = cursor.write(query.pages, pages) if len(pages) == query.n else None
    listed = items(served.recommender, answer.items)
    return json_response({"items": listed, "next": after, **front(request, served, answer)})


def _query(knobs: Knobs, history: list[str], exclude: list[str]) -> LiveQuery:
    return LiveQuery(
        user=(knobs.user_id or "").strip(),
        session=knobs.session,
        region=knobs.region,
        device=knobs.device,
        os=knobs.os,
        history=tuple(history),
        n=knobs.num_recs,
        exclude=tuple(exclude),
        pages=cursor.read(knobs.cursor),
        section=knobs.section,
        max_age_hours=knobs.max_age_hours,
        context_item=knobs.context_item,
        min_diversity=knobs.min_diversity,
        explore_slots=knobs.explore,
        explain=knobs.explain,
    )
