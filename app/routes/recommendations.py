"""GET and POST /recommendations: a list of articles for one reader."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.answers import ask, front, items, json_response
from app.dependencies import Service, TheService
from app.shapes import Recommendations, RecommendationsBody, RecommendationsQuery

router = APIRouter(tags=["recommendations"])


@router.get("/recommendations", summary="A list for one reader", response_model=Recommendations)
async def get_recommendations(
    request: Request, query: Annotated[RecommendationsQuery, Query()], service: TheService
) -> Response:
    """Articles for a reader, best first. Nothing read, expired or not yet published is in the list."""
    return _answer(request, service, query.user_id, query.num_recs, [], [])


@router.post("/recommendations", summary="A list that also heeds an inline history", response_model=Recommendations)
async def post_recommendations(request: Request, body: RecommendationsBody, service: TheService) -> Response:
    """The same, for a reader who just read the pages of ``history``; pages of ``exclude`` stay out."""
    return _answer(request, service, body.user_id, body.num_recs, body.history, body.exclude)


def _answer(
    request: Request, service: Service, user_id: str | None, n: int, history: list[str], exclude: list[str]
) -> Response:
    served = service.live.require()
    answer, _ = ask(service, served, user_id, n, history, exclude)
    return json_response({"items": items(served.model, answer.items), **front(request, served, answer)})
