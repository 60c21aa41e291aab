"""GET /news/editor/record: who changed what, from the record of decisions."""

import asyncio

from fastapi import APIRouter, Response

from app.dependencies import TheService
from app.news.pages.editor.editor_page import TheView, editor_page
from app.news.service import TheNews
from app.shell.page_route import PageRoute

router = APIRouter(prefix="/news/editor", include_in_schema=False, route_class=PageRoute)
SHOWN = 100


@router.get("/record")
async def get_record(view: TheView, service: TheNews, host: TheService) -> Response:
    """The last changes by editors of news."""
    served = service.live.require()
    entries = await asyncio.to_thread(lambda: host.log.audit.read(what="editorial", use_case="news", limit=SHOWN))
    return editor_page(view, "record", view.texts["record"], served, entries=entries)
