"""GET /news: a demo page with the recommendations of one user."""

import json
from typing import Annotated

from fastapi import APIRouter, Response

from app.shell.page_route import PageRoute
from app.shell.view import View, open_view

router = APIRouter(include_in_schema=False, route_class=PageRoute)
SCRIPT_TEXTS = (  # texts that the script uses
    *("logged", "semi_logged", "anonymous", "article", "count_as_read", "minutes_old", "hours_old", "days_old"),
    *("address", "segment", "source", "release", "answer", "now", "nothing_left", "one_read", "many_read", "new_user"),
)


@router.get("/news")
async def get_front(view: Annotated[View, open_view("news")]) -> Response:
    """A newspaper's front page as one user gets it."""
    script_texts = json.dumps({name: view.texts[name] for name in SCRIPT_TEXTS})
    return view.page("news/front", view.texts["name"], scripts=["news/front.js"], script_texts=script_texts)
