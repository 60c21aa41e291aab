"""The list by risk as a CSV file: all students of a filter, in parts, each look recorded before it is shown."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from fastapi.responses import StreamingResponse

from app.http.csv_files import csv_text
from app.students.answers import NO_STORE, risk_line
from app.students.visits import Visit
from script_shared.arrays import IntArray
from script_shared.students.model import StudentsModel

PART = 500  # students in one part
HEADER = ("ra", "year", "phase", "group", "status", "urgent", "lagging", "critical")
HEADERS = {"Content-Disposition": 'attachment; filename="students.csv"', **NO_STORE}


async def stream_csv(visit: Visit, places: IntArray) -> StreamingResponse:
    """The students at these places as a file.

    Args:
        visit: who looks, and the release.
        places: of the students in the store, in the order of the lines.

    Raises:
        UnavailableError: the first looks cannot be recorded.
    """
    parts = _parts(visit, places)
    first = await anext(parts)  # if the looks cannot be recorded, the answer is a 503, not half a file

    async def whole() -> AsyncGenerator[str]:
        yield csv_text([HEADER]) + first
        async for each in parts:
            yield each

    return StreamingResponse(whole(), media_type="text/csv; charset=utf-8", headers=HEADERS)


async def _parts(visit: Visit, places: IntArray) -> AsyncGenerator[str]:
    """At least one part; students who are erased meanwhile are in no later part."""
    for start in range(0, max(len(places), 1), PART):
        await visit.release.erased_rows.follow()
        gone = set(visit.release.erased_rows.rows.tolist())
        some = [place for place in places[start : start + PART].tolist() if place not in gone]
        lines = await asyncio.to_thread(_lines, visit.model, some)
        await visit.record([line["ra"] for line in lines])
        yield csv_text([line[name] for name in HEADER] for line in lines)


def _lines(model: StudentsModel, places: list[int]) -> list[dict[str, Any]]:
    return [risk_line(model, place) for place in places]
