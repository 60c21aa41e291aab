"""GET and POST /operations/{use_case}/start: start a DAG in Airflow with its params."""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from app.decisions import TheDecisions
from app.operations.case_page import NAME, ActingCase, CasePage, TheCase
from app.operations.confirmed import reason_in
from app.operations.links import Links
from app.operations.param_fields import Field, fields_of, values_in
from app.shell.forms import TheForm
from app.shell.page_route import PageRoute
from script_shared.errors import RequestError, UnavailableError

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)
KINDS = ("data", "training")


@router.get("/start")
async def get_start_page(case: TheCase) -> Response:
    """The DAGs of the use case, each with a form of its params."""
    return await _page(case)


@router.post("/start")
async def start(case: ActingCase, form: TheForm, decisions: TheDecisions) -> Response:
    """Start a DAG; what Airflow refuses is shown above the form."""
    reason, kind = reason_in(form, case.texts), form.pop("dag", "")
    if kind not in KINDS:
        raise HTTPException(422, "The form names no DAG. Open the page again.")
    dag = f"{case.name}_{kind}"
    try:
        params = values_in(form, fields_of(await case.service.trigger.params(dag)))
        run = await case.service.trigger.start(dag, params)
    except RequestError as error:
        return await _page(case, problem=str(error), status=422)
    evidence = {"dag": dag, "run": run["run_id"], "params": sorted(params)}
    await decisions.record("training", case.name, why=reason, evidence=evidence)
    return await _page(case, started=run)


async def _page(
    case: CasePage, *, problem: str = "", started: dict[str, Any] | None = None, status: int = 200
) -> Response:
    found = await asyncio.gather(*(_fields(case, kind) for kind in KINDS))
    forms = [(kind, fields) for kind, (fields, _) in zip(KINDS, found, strict=True)]
    unavailable = next((reason for _, reason in found if reason), "")
    links = Links.of(case.service.settings)
    given = {"forms": forms, "unavailable": unavailable, "problem": problem, "started": started, "links": links}
    return case.page("operations/start", "start", status=status, **given)


async def _fields(case: CasePage, kind: str) -> tuple[list[Field] | None, str]:
    """The fields of a DAG's form, or None and why they are unknown."""
    try:
        return fields_of(await case.service.trigger.params(f"{case.name}_{kind}")), ""
    except UnavailableError as error:
        return None, str(error)
