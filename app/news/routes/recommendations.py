"""GET and POST /recommendations: a list of articles for one user."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.dependencies import Service, TheService
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.answers import ask, front, items
from app.news.cursors import seen_articles
from app.news.in_service import news_live
from app.news.logins import note_login
from app.news.shapes import Knobs, Recommendations, RecommendationsBody, RecommendationsQuery
from script_shared.news.ranking.query import Query as LiveQuery

MANY = "exclude_ids"  # the parameter that may be given many times


class ParsedRoute(BodyRoute):
    """A GET route that validates its query as one model.

    FastAPI reads parameter by parameter, which costs 0.15 to 0.2 ms of CPU more per list: a sixth of a list of a small
    release, a fifteenth of one at full scale. Dependencies of the route are not run, so it must have none.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if "GET" not in self.methods:
            return super().get_route_handler()

        async def answer(request: Request) -> Response:
            answered: Response = await self.endpoint(request, _parsed(request), request.app.state.service)
            return answered

        return answer


def _parsed(request: Request) -> RecommendationsQuery:
    params = request.query_params
    given: dict[str, Any] = dict(params.items())
    if MANY in given:
        given[MANY] = params.getlist(MANY)
    try:
        return RecommendationsQuery.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([{**one, "loc": ("query", *one["loc"])} for one in found]) from None


router = APIRouter(tags=["recommendations"], route_class=ParsedRoute)


@router.get("/recommendations", summary="Recommend articles", response_model=Recommendations)
async def get_recommendations(
    request: Request, query: Annotated[RecommendationsQuery, Query()], service: TheService
) -> Response:
    """Recommend articles, best first. The list has no read, hidden, expired or unpublished article."""
    return await _answer(request, service, query, [], query.exclude_ids)


@router.post(
    "/recommendations", summary="Recommend articles, with a history in the body", response_model=Recommendations
)
async def post_recommendations(request: Request, body: RecommendationsBody, service: TheService) -> Response:
    """Recommend articles to a user who just read the pages of ``history``, without those of ``exclude``."""
    return await _answer(request, service, body, body.history, [*body.exclude, *body.exclude_ids])


async def _answer(request: Request, service: Service, knobs: Knobs, history: list[str], exclude: list[str]) -> Response:
    served = news_live(service).require()
    query = _query(knobs, history, exclude)
    if query.user and query.session:
        await note_login(service, served.model.clock, query.user, query.session)
    answer, _ = ask(service, served, request, query)
    pages = [item.article_id for item in answer.items]
    after = seen_articles.write(query.pages, pages) if len(pages) == query.n else None
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
        pages=seen_articles.read(knobs.cursor),
        section=knobs.section,
        tag=knobs.tag,
        max_age_hours=knobs.max_age_hours,
        context_item=knobs.context_item,
        min_diversity=knobs.min_diversity,
        explore_slots=knobs.explore,
        explain=knobs.explain,
    )
