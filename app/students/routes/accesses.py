"""GET /students/access: the access record, for admins."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.http.csv_files import CSV_TOO, csv_text
from app.security.requirement import require
from app.students.answers import NO_STORE, private_json
from app.students.shapes import AccessList, Moment
from app.students.visits import TheRelease
from script_shared.students.database.access_record import Look, digest_of
from script_shared.times import iso

router = APIRouter(prefix="/students", tags=["students"], dependencies=[require("admin", "students")])
MOST = 10_000
FIELDS = ("number", "at", "viewer", "role", "route", "student")


@router.get("/access", summary="Who looked at which student", response_model=AccessList, responses=CSV_TOO)
async def list_accesses(
    release: TheRelease,
    since: Annotated[Moment | None, Query(description="From this time on.")] = None,
    until: Annotated[Moment | None, Query(description="Before this time.")] = None,
    viewer: Annotated[
        str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._:@-]*$", description="Name of a token.")
    ] = None,
    ra: Annotated[str | None, Query(max_length=64, description="Looks at this student.")] = None,
    before: Annotated[
        int | None, Query(ge=1, lt=2**63, description="`number` of the last row of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
    format: Annotated[Literal["json", "csv"], Query(description="csv: the page as a file.")] = "json",
) -> Response:
    """Looks at students, the newest first. A student is named by a digest; ``ra`` finds the looks at one student."""
    looks = await asyncio.to_thread(
        release.access.record.read,
        since_ms=since,
        until_ms=until,
        viewer=viewer,
        student=None if ra is None else digest_of(ra),
        before=before,
        limit=limit,
    )
    if format == "csv":
        headers = {"Content-Disposition": 'attachment; filename="access.csv"', **NO_STORE}
        return Response(csv_text([FIELDS, *map(_values, looks)]), media_type="text/csv; charset=utf-8", headers=headers)
    rows = [dict(zip(FIELDS, _values(look), strict=True)) for look in looks]
    return private_json({"looks": rows, "before": looks[-1].number if len(looks) == limit else None})


def _values(look: Look) -> tuple[object, ...]:
    return look.number, iso(look.at_ms), look.viewer, look.role, look.route, look.student
