"""POST /operations/{use_case}/{action}: promote, roll back, pin and unpin, here or in Airflow."""

import asyncio
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Response

from app.decisions import TheDecisions
from app.operations.case_page import NAME, ActingCase, CasePage
from app.operations.confirmed import reason_in
from app.shell.forms import TheForm
from app.shell.page_route import PageRoute
from script_shared.errors import InputError, ReleaseError, UnavailableError
from script_shared.releases.by_person import Action, ActionName, carry_out, decision_of
from script_shared.releases.records import is_version

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)
DAG = "releases"  # does the same where this process may not write


@router.post("/move/{action}")
async def move(
    action: Annotated[str, Path(max_length=16)], case: ActingCase, form: TheForm, decisions: TheDecisions
) -> Response:
    """Change which release is in service or protected, if the release that the person saw in service still is."""
    if action not in get_args(ActionName):
        raise HTTPException(404)
    reason, version = reason_in(form, case.texts), form.get("version", "")
    if action != "rollback" and not is_version(version):
        raise HTTPException(422, "The form names no release. Open the page again.")
    wanted = Action(action, reason, case.view.viewer.name, form.get("in_service", ""), version)  # type: ignore[arg-type]
    try:
        pointer = await asyncio.to_thread(carry_out, case.live.releases, wanted)
    except (ReleaseError, InputError) as error:
        raise HTTPException(409, str(error)) from None
    except UnavailableError as error:
        return await _in_airflow(case, wanted, error)
    made = decision_of(wanted, case.name, pointer, {})
    await decisions.record(
        made.what, case.name, before=made.before, after=made.after, why=made.why, evidence=made.evidence
    )
    await case.live.look()  # this process takes the release into service before it answers
    return case.redirect(f"releases?done={quote(version or pointer.version)}#done")


async def _in_airflow(case: CasePage, wanted: Action, error: UnavailableError) -> Response:
    """Let Airflow do it, which may write where this process may not; its run writes the record.

    Raises:
        UnavailableError: Airflow cannot do it either; the message has both reasons.
    """
    params = {"use_case": case.name, "action": wanted.name, "version": wanted.version, "reason": wanted.reason}
    try:
        run = await case.service.trigger.start(DAG, {**params, "by": wanted.by, "in_service": wanted.in_service})
    except (UnavailableError, InputError) as other:
        raise UnavailableError(f"{error.message} {other}", private=error.private) from None
    return case.page("operations/waiting", "releases", run=run)
