"""POST …/vacancies/{id}/status and GET and POST …/new: move a candidate along the ladder, add a vacancy."""

import asyncio
from secrets import token_hex
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from pydantic import ValidationError

from app.decisions import TheDecisions
from app.recruiting.answers import shown_vacancy, vacancy_row
from app.recruiting.changes import add_application, add_vacancy
from app.recruiting.live_release import InService
from app.recruiting.pages.ladder import ladder_of_vacancy
from app.recruiting.pages.open_list import SUGGESTED, values_of
from app.recruiting.pages.routes.vacancies import HOME, TheView, vacancy_page
from app.recruiting.record_shapes import ApplicationRecord, VacancyRecord
from app.recruiting.release_loader import RecruitingRelease
from app.recruiting.shapes import VacancyId
from app.shell.forms import Form, TheForm
from app.shell.page_route import PageRoute
from app.shell.view import View, view_of
from script_shared.errors import ConflictError

router = APIRouter(prefix=f"/{HOME}", include_in_schema=False, route_class=PageRoute)
EditorView = Annotated[View, view_of("recruiting", "editor")]
FIELDS = ("title", "skills_text", "description", "state", "city", "level", "academic", "english", "spanish")
LISTS = {"contract": "contract_types", "area": "areas"}


@router.post("/vacancies/{vacancy_id}/status")
async def set_status(
    vacancy_id: VacancyId, view: TheView, form: TheForm, loaded: InService, decisions: TheDecisions
) -> Response:
    """Set a candidate's status; a change by somebody else since the page was loaded is shown, not replaced."""
    vacancy_row(loaded, vacancy_id)
    try:
        body = ApplicationRecord.model_validate({**form, "vacancy_id": vacancy_id})
    except ValidationError:
        raise HTTPException(422, "The form lacks a candidate, a status or a version. Open the page again.") from None
    try:
        await add_application(loaded, body)
    except ConflictError:
        return await _conflict(view, loaded, body)
    await decisions.record("editorial", "recruiting", after=vacancy_id, why="an application stored")
    there = quote(body.candidate_id, safe="")
    return view.redirect(f"{HOME}/vacancies/{quote(vacancy_id, safe='')}?moved={there}#done")


async def _conflict(view: View, loaded: RecruitingRelease, body: ApplicationRecord) -> Response:
    row = vacancy_row(loaded, body.vacancy_id)
    ladder = await asyncio.to_thread(ladder_of_vacancy, loaded, body.vacancy_id, row)
    step = ladder.step(body.candidate_id)
    now = step.status or view.texts[step.stage or "no_status"]
    problem = view.texts["conflict"].format(candidate=body.candidate_id, status=now)
    return await vacancy_page(view, loaded, body.vacancy_id, problem=problem, status=409)


@router.get("/new")
async def get_new_vacancy(view: EditorView, loaded: InService) -> Response:
    """The form for a new vacancy."""
    return await _new_page(view, loaded, {})


@router.post("/new")
async def add_new_vacancy(view: EditorView, form: TheForm, loaded: InService, decisions: TheDecisions) -> Response:
    """Add a vacancy, and open the page of its candidates."""
    values: dict[str, object] = {name: form.get(name, "").strip() or None for name in FIELDS}
    values |= {LISTS[name]: [value] for name in LISTS if (value := form.get(name, "").strip())}
    if not values["title"]:
        return await _new_page(view, loaded, form, "vacancy_title")
    try:
        body = VacancyRecord.model_validate(values)
    except ValidationError as error:
        return await _new_page(view, loaded, form, _word(str(error.errors()[0]["loc"][0])))
    vacancy = f"page-{token_hex(6)}"
    await add_vacancy(loaded, vacancy, body)
    await decisions.record("editorial", "recruiting", after=vacancy, why="a vacancy stored")
    return view.redirect(f"{HOME}/vacancies/{vacancy}")


def _word(field: str) -> str:
    """The name of a field among the texts."""
    names = {"title": "vacancy_title", "skills_text": "skills", **{field: name for name, field in LISTS.items()}}
    return names.get(field, field)


async def _new_page(view: View, loaded: RecruitingRelease, given: Form, wrong: str = "") -> Response:
    records = await asyncio.to_thread(
        lambda: [shown_vacancy(loaded, row) for row in loaded.matcher.open_vacancies().tolist()]
    )
    return view.page(
        "recruiting/new",
        view.texts["add"],
        status=422 if wrong else 200,
        given=given,
        wrong=view.texts[wrong] if wrong else "",
        suggested={name: values_of(records, LISTS.get(name, name)) for name in (*SUGGESTED, *LISTS)},
        release=loaded.matcher.version,
    )
