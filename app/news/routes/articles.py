"""POST /articles: articles and what editors decide about them."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from app.decisions import TheDecisions
from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.event_shapes import ArticlePost, ArticlesBody, EventsAccepted
from app.news.events.dating import Dating
from app.news.service import NewsService, TheNews
from app.security.requirement import require
from script_shared.clock import HOUR_MS, wall_ms
from script_shared.errors import RequestError
from script_shared.events import Entry, Kind
from script_shared.times import iso

router = APIRouter(tags=["events"], route_class=BodyRoute)
TIMES = {"issued": "issued_ms", "embargo_until": "embargo_ms", "expires": "expires_ms"}
MOST_TEXT = 4_000  # characters of the text that are kept; its words place the article among others


@router.post(
    "/articles",
    summary="Publish, change or take down articles",
    response_model=EventsAccepted,
    dependencies=[require("editor", "news")],
)
async def post_articles(body: Annotated[ArticlesBody, Body()], service: TheNews, decisions: TheDecisions) -> Response:
    """Add or change one article or a list of them. Fields that are left out keep their values.

    A new article is recommended from now on, first by its words and soon by its clicks. Hidden and taken down ones
    leave every list: of this process with the answer, of the others within the poll interval.
    """
    posts = body if isinstance(body, list) else [body]
    _check_vectors(posts, service)
    dating = await service.dating(by_site=True)
    by_people = any(_is_editorial(post, service) for post in posts)  # compared with what holds before
    new = await service.intake.write([_entry(post, dating) for post in posts])
    await _record(posts, decisions, by_people=by_people)
    return json_response({"accepted": sum(new), "duplicates": 0})


def _is_editorial(post: ArticlePost, service: NewsService) -> bool:
    """Whether a post decides if an article is shown, or revokes such a decision."""
    room = service.intake.newsroom
    story = room.editorial.get(post.page) if room is not None else None
    undone = story is not None and any(
        getattr(story, field) and field in post.model_fields_set for field in ("hidden", "taken_down")
    )
    return bool(undone or post.hidden or post.taken_down or post.embargo_until or post.expires)


async def _record(posts: list[ArticlePost], decisions: TheDecisions, *, by_people: bool) -> None:
    """Record the posts: every editorial request, and of the others the first of each hour and token.

    A feed posts thousands of articles a day, among which nobody would find the decisions of people.
    """
    if by_people:
        await decisions.record("editorial", "news", why="articles posted", evidence=_counts(posts))
        return
    hour = wall_ms() // HOUR_MS
    why = f"articles posted; others that the same token posts before {iso((hour + 1) * HOUR_MS)} have no entry"
    await decisions.record("editorial", "news", why=why, evidence=_counts(posts), once=("posts", str(hour)))


def _counts(posts: list[ArticlePost]) -> dict[str, Any]:
    """The evidence of posts in the record of decisions."""
    return {
        "articles": len(posts),
        "hidden": sum(bool(post.hidden) for post in posts),
        "taken_down": sum(bool(post.taken_down) for post in posts),
        "pages": sorted({post.page for post in posts})[:20],
    }


def _check_vectors(posts: list[ArticlePost], service: NewsService) -> None:
    """Vectors of one name have one length.

    Raises:
        RequestError: one has another; names the article and the lengths.
    """
    room, sizes = service.intake.newsroom, dict[str, int]()
    for post in posts:
        name, vector = post.vector_name or "", post.vector
        if vector is None:
            continue
        if not any(vector):
            raise RequestError(f"{post.page}: the vector has only zeros.", fix="Leave it out.")
        size = sizes.setdefault(name, (room.editorial.own.size(name) if room else None) or len(vector))
        if size != len(vector):
            raise RequestError(
                f"{post.page}: the vector {name!r} has {len(vector)} numbers; earlier ones have {size}.",
                fix="Use another vector_name for vectors of another model.",
            )


def _entry(post: ArticlePost, dating: Dating) -> Entry:
    said = {name: _value(name, getattr(post, name)) for name in post.model_fields_set - {"page"}}
    time_ms, marks = dating.stamp_post(post.issued, new_text=bool(post.title or post.text))
    body: dict[str, Any] = marks | {TIMES.get(name, name): value for name, value in said.items()}
    return Entry(f"article-{secrets.token_hex(16)}", Kind.ARTICLE, time_ms, "", post.page, body)


def _value(name: str, value: Any) -> Any:
    if name == "vector" and value is not None:
        return [float(f"{number:.6g}") for number in value]
    return value[:MOST_TEXT] if name == "text" and value is not None else value
