"""GET /operations/record: the record of decisions with filters."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from app.dependencies import TheService
from app.http.csv_files import csv_text
from app.operations.case_page import NAME
from app.shell.page_route import PageRoute
from app.shell.view import View, view_of
from script_shared.decisions.decision import KINDS, Entry
from script_shared.times import epoch_ms, iso

router = APIRouter(prefix=f"/{NAME}", include_in_schema=False, route_class=PageRoute)
ON_A_PAGE = 50
IN_A_FILE = 10_000
FIELDS = ("number", "at", "who", "what", "use_case", "from", "to", "why", "evidence", "hash")
Text = Annotated[str, Query(max_length=128, pattern=r"^[^\x00]*$")]


@router.get("/record")
async def get_record_page(
    view: Annotated[View, view_of(NAME, "operator")],
    service: TheService,
    what: Text = "",
    who: Text = "",
    use_case: Text = "",
    since: Annotated[str, Query(max_length=40)] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    format: Annotated[str, Query(pattern="^(csv)?$")] = "",
) -> Response:
    """Who changed what users get, the newest first; with ``format=csv`` as a file."""
    filters: dict[str, Any] = {
        "what": what if what in KINDS else None,
        "who": who.strip() or None,
        "use_case": use_case or None,
        "since_ms": _time(since),
        "until_ms": _time(until),
    }
    limit = IN_A_FILE if format else ON_A_PAGE
    entries = await asyncio.to_thread(lambda: service.log.audit.read(before=before, limit=limit, **filters))
    if format:
        headers = {"Content-Disposition": 'attachment; filename="record.csv"', "Cache-Control": "no-store"}
        return Response(
            csv_text([FIELDS, *map(_cells, entries)]), headers=headers, media_type="text/csv; charset=utf-8"
        )
    chosen = {"what": what, "who": who, "use_case": use_case, "since": since, "until": until}
    return view.page(
        "operations/record",
        view.texts["record"],
        entries=[{**entry.view(), "at": iso(entry.at_ms)} for entry in entries],
        chosen=chosen,
        kinds=KINDS,
        cases=list(service.use_cases),
        before=entries[-1].number if len(entries) == ON_A_PAGE else None,
    )


def _cells(entry: Entry) -> list[Any]:
    shown = {**entry.view(), "at": iso(entry.at_ms), "evidence": entry.evidence}
    return [shown[name] for name in FIELDS]


def _time(text: str) -> int | None:
    """Raises:
    HTTPException: 422, it is no time.
    """
    if not text.strip():
        return None
    try:
        return epoch_ms(text.strip())
    except ValueError as error:
        raise HTTPException(422, f"{error}. Write a time such as 2026-11-29 or 2026-11-29T12:00:00Z.") from None
