"""GET and POST /operations/news/quarantine: bad clicks are left out, and count again."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Response
from pydantic import ValidationError

from app.decisions import TheDecisions
from app.news.event_shapes import QuarantinePost
from app.news.quarantines import COUNTS, add_quarantine, quarantines, take_back
from app.news.service import NewsService, TheNews
from app.operations.case_page import NAME, CasePage, case_page
from app.operations.confirmed import reason_in
from app.shell.forms import Form, TheForm
from app.shell.page_route import PageRoute

router = APIRouter(prefix=f"/{NAME}/news", include_in_schema=False, route_class=PageRoute)
ActingCase = Annotated[CasePage, case_page("operator", "news")]
LISTS, TIMES = ("users", "sessions", "networks", "pages"), ("since", "until")


@router.get("/quarantine")
async def get_quarantine_page(case: ActingCase, service: TheNews) -> Response:
    """All quarantines, the newest first, and a form for a new one."""
    return await _page(case, service)


@router.post("/quarantine")
async def add(case: ActingCase, form: TheForm, service: TheNews, decisions: TheDecisions) -> Response:
    """Leave out events; what is wrong is shown above the form."""
    given, reason = dict(form), reason_in(form, case.texts)
    values: dict[str, object] = {name: _lines(form.get(name, "")) for name in LISTS}
    values |= {name: text for name in TIMES if (text := form.get(name, "").strip())}
    try:
        body = QuarantinePost.model_validate({"reason": reason, **values})
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][0]) if first["loc"] else ""
        problem = f"{where}: {first['msg']}".removeprefix(": ").replace("Value error, ", "")
        return await _page(case, service, given=given, problem=problem, status=422)
    made = await add_quarantine(service, body)
    counts = {name: made[name] for name in COUNTS}
    await decisions.record("quarantine", "news", after=made["id"], why=reason, evidence=counts)
    return case.redirect("quarantine")


@router.post("/quarantine/{quarantine_id}/end")
async def end(
    quarantine_id: str, case: ActingCase, form: TheForm, service: TheNews, decisions: TheDecisions
) -> Response:
    """Let the events of a quarantine count again."""
    reason = reason_in(form, case.texts)
    if await take_back(service, quarantine_id) is None:
        raise HTTPException(409, case.words["op_ended_before"])
    await decisions.record("quarantine", "news", before=quarantine_id, why=reason)
    return case.redirect("quarantine")


def _lines(text: str) -> list[str]:
    """An id may hold blanks, so each line is one."""
    return [line for line in text.split("\n") if line.strip()]


async def _page(
    case: CasePage, service: NewsService, *, given: Form | None = None, problem: str = "", status: int = 200
) -> Response:
    rows = list(reversed(await quarantines(service)))
    values = {"rows": rows, "given": given or {}, "problem": problem, "lists": LISTS, "times": TIMES}
    return case.page("news/operations/quarantine", "quarantine", status=status, **values)
