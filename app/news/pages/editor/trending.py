"""GET /news/editor: what is read now, by time, section and region of the readers."""

from itertools import islice
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Response

from app.news.article_facts import NOBODY, ArticleFacts
from app.news.pages.editor.editor_page import TheView, editor_page
from app.news.pages.editor.trends import rates
from app.news.releases.news_release import NewsRelease
from app.news.service import TheNews
from app.news.text_fields import Label
from app.shell.page_route import PageRoute
from app.shell.view import View
from script_shared.news.serving.most_read import most_read

router = APIRouter(prefix="/news/editor", include_in_schema=False, route_class=PageRoute)
Window = Literal["2m", "10m", "1h", "6h", "24h"]
ROWS = 20


@router.get("")
async def get_trending(
    view: TheView,
    service: TheNews,
    window: Annotated[Window, Query()] = "1h",
    section: Annotated[Label, Query()] = "",
    region: Annotated[Label, Query()] = "",
) -> Response:
    """Articles by clicks in a time, each with its course from a day to two minutes."""
    served = service.live.require()
    return editor_page(
        view,
        "trending",
        view.texts["trending"],
        served,
        rows=_rows(view, served, window, section, region),
        windows=get_args(Window),
        chosen={"window": window, "section": section, "region": region},
        sections=sections_of(served),
        regions=_regions(served),
    )


def sections_of(served: NewsRelease) -> list[str]:
    """The sections of live articles, in alphabetical order.

    Args:
        served: the release in service.
    """
    return sorted({name for name in served.recommender.sections.names() if name}, key=str.casefold)


def _regions(served: NewsRelease) -> list[str]:
    state = served.recommender.newsroom.state
    return sorted(name for name in state.group_names.regions if name) if state is not None else []


def _rows(view: View, served: NewsRelease, window: str, section: str, region: str) -> list[dict[str, Any]]:
    recommender, facts = served.recommender, ArticleFacts.now(served.recommender)
    state, now_ms = recommender.newsroom.state, facts.available.now_ms
    if state is None:
        return []
    within = recommender.sections.within(section) if section else None
    found = most_read(state, window, now_ms, within=within, region=region)
    shown = (read for read in found if facts.available.refusal(read.article_id, NOBODY) in ("", "expired"))
    ids = [read.article_id for read in islice(shown, ROWS)]
    courses = rates(state, now_ms, ids, region).round(1).tolist()
    number = view.texts.number
    return [
        {
            **facts.metadata_and_state(article),
            "rate": course[_place(window)],
            "course": course,
            "words": view.texts["spark"].format(values=", ".join(map(number, course))),
        }
        for article, course in zip(ids, courses, strict=True)
    ]


def _place(window: str) -> int:
    return len(get_args(Window)) - 1 - get_args(Window).index(window)
