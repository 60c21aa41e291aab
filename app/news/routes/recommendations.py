"""GET and POST /recommendations: a list of articles for one user."""

from fastapi import APIRouter, Request, Response

from app.http.json_answer import json_response
from app.http.query_model import QueryModel
from app.news.answers import ask, front, items
from app.news.cursors import seen_articles
from app.news.logins import note_login
from app.news.service import DirectRoute, NewsService, TheNews
from app.news.shapes import Knobs, Recommendations, RecommendationsBody, RecommendationsQuery
from script_shared.news.ranking.query import Query as LiveQuery

router = APIRouter(tags=["recommendations"], route_class=DirectRoute)
QUERY = QueryModel(RecommendationsQuery)


@router.get(
    "/recommendations", summary="Recommend articles", response_model=Recommendations, openapi_extra=QUERY.openapi
)
async def get_recommendations(request: Request, service: TheNews) -> Response:
    """Recommend articles, best first. The list has no read, hidden, expired or unpublished article."""
    query = QUERY.read(request.scope["query_string"])
    return await _answer(request, service, query, [], query.exclude_ids)


@router.post(
    "/recommendations", summary="Recommend articles, with a history in the body", response_model=Recommendations
)
async def post_recommendations(request: Request, body: RecommendationsBody, service: TheNews) -> Response:
    """Recommend articles to a user who just read the pages of ``history``, without those of ``exclude``."""
    return await _answer(request, service, body, body.history, [*body.exclude, *body.exclude_ids])


async def _answer(
    request: Request, service: NewsService, knobs: Knobs, history: list[str], exclude: list[str]
) -> Response:
    in_service = service.live.require()
    query = _query(knobs, history, exclude)
    if query.user and query.session:
        await note_login(service, in_service.model.clock, query.user, query.session)
    served, answer, _ = ask(service, in_service, request, query)
    pages = [item.article_id for item in answer.items]
    after = seen_articles.write(query.pages, pages) if len(pages) == query.n else None
    listed = items(served.recommender, answer.items)
    return json_response({"items": listed, "next": after, **front(request, served, answer)})


def _query(knobs: Knobs, history: list[str], exclude: list[str]) -> LiveQuery:
    seen = seen_articles.read(knobs.cursor)
    return LiveQuery(
        *knobs.visitor(),
        history=tuple(history),
        n=knobs.num_recs,
        exclude=tuple(exclude),
        pages=seen.marks,
        last=seen.last,
        section=knobs.section,
        tag=knobs.tag,
        max_age_hours=knobs.max_age_hours,
        context_item=knobs.context_item,
        min_diversity=knobs.min_diversity,
        explore_slots=knobs.explore,
        explain=knobs.explain,
    )
