"""GET /students/page and what lies below: the pages, for people who logged in with a token."""

import asyncio
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from app.dependencies import TheService
from app.students.pages.class_view import Filters, class_counts, class_table, filter_form, pages, student_table
from app.students.pages.class_view import students_shown as lines_of
from app.students.pages.html import tag
from app.students.pages.layout import HEADERS, page
from app.students.pages.page_route import PageRoute
from app.students.pages.sessions import SessionViewer, close_session, home, open_session, refuse_other_sites
from app.students.pages.student_view import changes_in, path_view, risk_view, what_if_form
from app.students.pages.words import Texts, language_of
from app.students.shapes import StudentId, changed
from app.students.viewers import viewer_with
from app.students.visits import TheRelease, Visit, visit_of
from script_shared.errors import RequestError
from script_shared.students.model import Risk

router = APIRouter(prefix="/students/page", include_in_schema=False, route_class=PageRoute)
STYLE = FilePath(__file__).with_name("style.css")
MOST_FIELDS = 30


@router.get("/style.css")
async def get_style() -> Response:
    """The style of the pages."""
    return Response(STYLE.read_bytes(), media_type="text/css", headers={**HEADERS, "Cache-Control": "no-cache"})


@router.get("/login")
async def get_login(request: Request) -> Response:
    """The form that takes a token."""
    return _login_page(request, wrong=False)


@router.post("/login")
async def log_in(request: Request, service: TheService) -> Response:
    """Open a session for the holder of a token."""
    refuse_other_sites(request)
    token = (await _form(request)).get("token", "").strip()
    viewer = viewer_with(token, service)
    if viewer is None:
        return _login_page(request, wrong=True)
    answer = RedirectResponse(home(request), 303)
    open_session(request, answer, viewer.name, token)
    return answer


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """Close the session."""
    refuse_other_sites(request)
    answer = RedirectResponse(f"{home(request)}/login", 303)
    close_session(request, answer)
    return answer


@router.get("")
async def get_students_page(
    request: Request,
    viewer: SessionViewer,
    release: TheRelease,
    group: Annotated[str, Query(max_length=64)] = "",
    phase: Annotated[str, Query(pattern="^[0-9]?$")] = "",
    urgent: bool = False,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Classes and students by risk; with a class that class alone, ready to be printed."""
    visit, texts = await visit_of(request, release, viewer), Texts(language_of(request))
    model = visit.model
    filters = Filters(group or None, int(phase) if phase else None, urgent, offset)
    lines, total = lines_of(model, filters, release.erased_rows.rows)
    await visit.record([line["ra"] for line in lines])
    counts = class_counts(model, release.erased_rows.rows)
    title = f"{texts['class']} {filters.group}" if filters.group else texts["title"]
    year = max((line["year"] or 0 for line in lines), default=0)
    return page(
        request,
        title,
        tag("h1", title),
        filter_form(texts, filters, sorted(name for name in counts if name is not None)),
        class_table(texts, counts) if not (filters.group or filters.urgent or filters.offset) else None,
        tag("h2", texts["next"].format(year=year + 1)) if year else None,
        student_table(texts, lines, home(request)),
        pages(texts, filters, len(lines), total),
        viewer=viewer,
        release=model.version,
    )


@router.get("/{ra}")
async def get_student_page(request: Request, ra: StudentId, viewer: SessionViewer, release: TheRelease) -> Response:
    """One student: risk, reasons, path, and the form of the what-if."""
    return await _student_page(request, ra, await visit_of(request, release, viewer), {})


@router.post("/{ra}")
async def ask_student_page(request: Request, ra: StudentId, viewer: SessionViewer, release: TheRelease) -> Response:
    """The same with the risk after a change. Nothing is stored."""
    refuse_other_sites(request)
    visit = await visit_of(request, release, viewer)
    return await _student_page(request, ra, visit, await _form(request))


async def _student_page(request: Request, ra: str, visit: Visit, given: Mapping[str, str]) -> Response:
    place, model, texts = await visit.student(ra), visit.model, Texts(language_of(request))
    ra, row = model.store.ids.ids[place], model.store.rows(place)[-1]
    record, risk = model.store.record(row), await visit.release.online.of_place(place)
    after, wrong = await _after(visit, record, given, texts)
    group = model.store.label(row, "group") or texts["no_class"]
    ahead = texts["next"].format(year=(risk.year or 0) + 1)
    both = [] if after is None else [risk_view(texts, risk, texts["before"]), risk_view(texts, after, texts["after"])]
    return page(
        request,
        f"{texts['student']} {ra}",
        tag("p", tag("a", texts["back"], href=home(request)), class_="back"),
        tag("h1", f"{texts['student']} {ra}"),
        tag("p", f"{texts['class']} {group} · {texts['year']} {risk.year or '–'}", class_="facts"),
        risk_view(texts, risk, ahead),
        path_view(texts, model.path(ra)),
        tag(
            "section",
            tag("h2", texts["what_if"]),
            tag("div", both, class_="both") if both else None,
            what_if_form(texts, record, given, wrong),
            id="what-if",
            class_="asked",
        ),
        viewer=visit.viewer,
        release=model.version,
        status=422 if wrong else 200,
    )


async def _after(
    visit: Visit, record: dict[str, float | None], given: Mapping[str, str], texts: Texts
) -> tuple[Risk | None, str]:
    """The risk after the change, or the field that cannot be; neither where nothing was changed."""
    try:
        values = changes_in(record, given).values_given()
    except ValidationError as error:
        return None, texts[str(error.errors()[0]["loc"][0])]
    if not values:
        return None, ""
    try:
        return (await asyncio.to_thread(visit.model.of_records, [changed(record, values)]))[0], ""
    except RequestError:  # where the params refuse what is missing
        return None, ", ".join(texts[name] for name, value in values.items() if value is None)


async def _form(request: Request) -> dict[str, str]:
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise HTTPException(422) from None


def _login_page(request: Request, *, wrong: bool) -> Response:
    texts = Texts(language_of(request))
    field: dict[str, Any] = {"type": "password", "name": "token", "autocomplete": "current-password"}
    form = tag(
        "form",
        tag("p", texts["log_in_about"]),
        tag("p", texts["wrong_token"], class_="problem", role="alert") if wrong else None,
        tag("label", texts["token"], tag("input", required=True, autofocus=True, **field)),
        tag("button", texts["log_in"]),
        method="post",
        action=f"{home(request)}/login",
        class_="login",
    )
    return page(request, texts["log_in"], tag("h1", texts["title"]), form, status=401 if wrong else 200)
