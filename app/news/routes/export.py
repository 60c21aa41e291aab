"""GET /events/export: streams a part of the event log, one JSON object per line."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.http.question import Question
from app.news.event_shapes import Time
from app.news.service import TheNews
from app.security.requirement import require
from script_shared.events import Entry
from script_shared.events.extract import Extract, plain

router = APIRouter(tags=["events"])
MEDIA_TYPE = "application/x-ndjson"


class Lines(StreamingResponse):
    """JSON objects, one a line."""

    media_type = MEDIA_TYPE


class ExportQuery(Question):
    kinds: list[Literal["click", "impression", "article", "served"]] = Field(
        ["click", "impression"], description="May be repeated."
    )
    since: Time | None = Field(None, description="Only events from this time on.")
    until: Time | None = Field(None, description="Only events before this time.")
    after: int = Field(0, ge=0, description="`seq` of the last line of an interrupted export; continues after it.")
    after_list: int = Field(0, ge=0, description="`list` of the last served list of an interrupted export.")


@router.get(
    "/events/export", summary="Export the event log", response_class=Lines, dependencies=[require("admin", "news")]
)
async def export_events(query: Annotated[ExportQuery, Query()], service: TheNews) -> StreamingResponse:
    """Events as newline-delimited JSON in the log's order, up to the newest one at the start. Served lists come last.

    An answer that breaks off has no end; ask again with ``after`` and ``after_list``. For one parquet file use
    ``python -m pipelines events export``, because the API has no library for it.
    """
    wanted = Extract(tuple(query.kinds), query.since, query.until, query.after, query.after_list)
    pages = wanted.pages(service.intake.log)
    first = await asyncio.to_thread(next, pages, None)  # an unreachable log is a 503, not an answer that is cut off

    async def lines() -> AsyncIterator[bytes]:
        page = first
        while page is not None:
            yield await asyncio.to_thread(_json_lines, page)
            page = await asyncio.to_thread(next, pages, None)

    return Lines(lines())


def _json_lines(page: list[Entry]) -> bytes:
    return b"".join(orjson.dumps(plain(entry)) + b"\n" for entry in page)
