"""GET /audit: the record of decisions, for operators: who decides has to see what was decided."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from app.dependencies import TheService
from app.http.csv_files import CSV_TOO, csv_text
from app.http.json_answer import json_response
from app.security.requirement import require
from script_shared.decisions.decision import Entry, Kind
from script_shared.errors import RequestError
from script_shared.times import epoch_ms, iso

router = APIRouter(tags=["operations"])
MOST = 10_000
FIELDS = ("number", "at", "who", "what", "use_case", "from", "to", "why", "evidence", "previous", "hash")
NO_STORE = {"Cache-Control": "no-store"}


class AuditEntry(BaseModel):
    number: int
    at: str
    who: str = Field(description="`token:`, `dag:` or `command:` and a name, `guard`, or `service`.")
    what: str
    use_case: str = Field(description="Empty for the whole service.")
    from_: str = Field(alias="from")
    to: str
    why: str
    evidence: dict[str, Any]
    previous: str = Field(description="Hash of the previous entry.")
    hash: str


class AuditPage(BaseModel):
    entries: list[AuditEntry]
    before: int | None = Field(description="The `before` of the next page; null on the last page.")


@router.get(
    "/audit",
    summary="The record of decisions",
    response_model=AuditPage,
    responses=CSV_TOO,
    dependencies=[require("operator")],
)
async def list_decisions(
    service: TheService,
    what: Annotated[Kind | None, Query(description="Only this kind.")] = None,
    who: Annotated[str | None, Query(max_length=256, pattern=r"^[^\x00]*$", description="Such as `token:ana`.")] = None,
    use_case: Annotated[str | None, Query(max_length=128, pattern=r"^[^\x00]*$")] = None,
    since: Annotated[str | None, Query(max_length=40, description="From this time on.")] = None,
    until: Annotated[str | None, Query(max_length=40, description="Before this time.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="The `before` of the previous page.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    format: Annotated[Literal["json", "csv"], Query(description="csv: the page as a file.")] = "json",
) -> Response:
    """Who changed what users get, newest first, each with the hash of the previous entry."""
    times = {"since_ms": _time(since, "since"), "until_ms": _time(until, "until")}
    entries = await asyncio.to_thread(
        lambda: service.log.audit.read(what=what, who=who, use_case=use_case, before=before, limit=limit, **times)
    )
    if format == "csv":
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"', **NO_STORE}
        return Response(_csv(entries), media_type="text/csv; charset=utf-8", headers=headers)
    rows = [_row(entry) for entry in entries]
    following = entries[-1].number if len(entries) == limit else None
    return json_response({"entries": rows, "before": following}, 200, NO_STORE)


def _row(entry: Entry) -> dict[str, Any]:
    shown = entry.view() | {"at": iso(entry.at_ms)}
    return {name: shown[name] for name in FIELDS}


def _csv(entries: list[Entry]) -> str:
    rows = [{**_row(entry), "evidence": entry.evidence} for entry in entries]
    return csv_text([FIELDS, *([row[name] for name in FIELDS] for row in rows)])


def _time(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    try:
        return epoch_ms(text)
    except ValueError as error:
        raise RequestError(f"{name}: {error}.") from None
