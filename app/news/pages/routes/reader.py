"""GET /news, /news/read/{page} and /news/compare: the front page, an article and two lists, as one reader gets them."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from app.http.bodies import BodyRoute
from app.http.json_answer import json_response
from app.news.article_facts import ArticleFacts
from app.news.pages.explained import THEMES
from app.news.pages.reader_list import SIDES, ReaderQuery, reader_list, sections_of, side_of
from app.news.service import TheNews
from app.news.text_fields import RequiredId
from app.shell.live_stream import live_stream
from app.shell.page_route import PageRoute
from app.shell.view import View, open_view
from script_shared.times import iso

pages = APIRouter(prefix="/news", include_in_schema=False, route_class=PageRoute)
data = APIRouter(prefix="/news", include_in_schema=False, route_class=BodyRoute)
TheView = Annotated[View, open_view("news")]
SCRIPT = "news/reader.js"
SCRIPT_TEXTS = (  # texts that the scripts use
    *("logged", "semi_logged", "anonymous", "article", "count_as_read", "minutes_old", "hours_old", "days_old", "why"),
    *("segment", "source", "release", "now", "nothing_left", "one_read", "many_read", "new_user", "raised", "lowered"),
    *(
        "is_new",
        "moved_up",
        "moved_down",
        "unchanged",
        "changed",
        "entered",
        "left",
        "no_parts",
        "everywhere",
        "place_in_other",
    ),
    *("only_here", "in_common", "original", "reason_session_of"),
    *(f"reason_{source}" for source in ("trending_10m", "trending_1h", "session", "history", "text", "segment")),
    *(f"reason_{source}" for source in ("fresh", "explored", "rest", "most_read", "editors", "other")),
    *(f"theme_{theme}" for theme in sorted({*THEMES.values(), "other"})),
)


@pages.get("")
async def get_front(view: TheView, service: TheNews, section: str = "") -> Response:
    """A newspaper's front page as one reader gets it, or the page of a section."""
    served = service.live.service
    sections = sections_of(served) if served is not None else []
    if section and section not in sections:
        raise HTTPException(404, "No article of this section is read at the moment.")
    return _page(view, "news/front", view.texts["name"], ["news/front.js"], sections=sections, section=section)


@pages.get("/compare")
async def get_comparison(view: TheView, service: TheNews) -> Response:
    """The lists of the same reader from two sides, with the reasons of each place."""
    own = [(side, view.texts[f"side_{side}"]) for side in SIDES]
    variants = [(name, f"{view.texts['side_variant']} {name}") for name in service.experiments.variants]
    return _page(view, "news/compare", view.texts["compare"], ["news/compare.js"], sides=[*own, *variants])


@pages.get("/read/{page:path}")
async def get_article_page(
    view: TheView, service: TheNews, page: Annotated[RequiredId, Path(description="The article id.")]
) -> Response:
    """An article, and what this reader should read next."""
    served = service.live.require()
    facts = ArticleFacts.now(served.recommender)
    if facts.state(page) == "unknown" or not facts.is_public(page):
        raise HTTPException(404, "This article does not exist.")
    listed = facts.metadata(page)
    title = listed["title"] or f"{view.texts['article']} {page}"
    return _page(view, "news/article", title, ["news/article.js"], article=listed)


@data.post("/list")
async def post_list(body: ReaderQuery, service: TheNews) -> Response:
    """A list for the pages, with section and parts of the score; it is neither counted nor remembered."""
    return json_response(reader_list(side_of(service, body), body), 200, {"Cache-Control": "no-store"})


@data.get("/changes")
async def follow_changes(request: Request, service: TheNews) -> Response:
    """The position in the event log, whenever it moves, as server-sent events."""

    def current() -> dict[str, Any]:
        room, served = service.intake.newsroom, service.live.service
        now = iso(served.clock.now_ms()) if served is not None else ""
        return {
            "position": room.seq if room is not None else 0,
            "release": served.release if served is not None else "",
            "now": now[:16],
        }

    return live_stream(request, current)


def _page(view: View, template: str, title: str, scripts: list[str], **values: Any) -> Response:
    texts = json.dumps({name: view.texts[name] for name in SCRIPT_TEXTS})
    return view.page(template, title, scripts=[SCRIPT, *scripts], script_texts=texts, **values)
