"""POST /operations/{use_case}/promote, rollback, pin, unpin: what operators do with releases."""

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response

from app.decisions import Decisions, TheDecisions
from app.operations.case_page import NAME, ActingCase, CasePage
from app.operations.confirmed import reason_in
from app.shell.forms import Form, TheForm
from app.shell.page_route import PageRoute
from script_shared.errors import InputError, ReleaseError
from script_shared.releases import Pointer
from script_shared.releases.records import is_version

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)


@router.post("/promote")
async def promote(case: ActingCase, form: TheForm, decisions: TheDecisions) -> Response:
    """Put a release into service, if the release that the person saw in service still is."""
    reason, version, before = reason_in(form, case.texts), _version(form), form.get("in_service", "")
    by, releases = case.view.viewer.name, case.live.releases
    pointer = await _done(lambda: releases.promote(version, reason, by=by, expect=before))
    await decisions.record("promote", case.name, before=before, after=pointer.version, why=reason)
    return await _back(case, pointer.version)


@router.post("/rollback")
async def roll_back(case: ActingCase, form: TheForm, decisions: TheDecisions) -> Response:
    """Put the release before back into service."""
    reason, seen = reason_in(form, case.texts), form.get("in_service", "")
    by, releases = case.view.viewer.name, case.live.releases

    def move() -> Pointer:
        pointer = releases.current()
        if pointer is None or pointer.version != seen:
            raise HTTPException(409, case.texts["moved_meanwhile"])
        return releases.rollback(reason, by=by)

    pointer = await _done(move)
    await decisions.record("rollback", case.name, before=seen, after=pointer.version, why=reason)
    return await _back(case, pointer.version)


@router.post("/pin")
async def pin(case: ActingCase, form: TheForm, decisions: TheDecisions) -> Response:
    """Protect a release from rollbacks by programs and from deletion."""
    reason, version = reason_in(form, case.texts), _version(form)
    await _done(lambda: case.live.releases.pin(version, reason, by=case.view.viewer.name))
    return await _pinned(case, decisions, version, reason, before="", after=version)


@router.post("/unpin")
async def unpin(case: ActingCase, form: TheForm, decisions: TheDecisions) -> Response:
    """Take a pin back."""
    reason, version = reason_in(form, case.texts), _version(form)
    await _done(lambda: case.live.releases.unpin(version))
    return await _pinned(case, decisions, version, reason, before=version, after="")


async def _pinned(
    case: CasePage, decisions: Decisions, version: str, reason: str, *, before: str, after: str
) -> Response:
    evidence = {"changes": {"pinned": {"from": before, "to": after}}}
    await decisions.record("configuration", case.name, before=before, after=after, why=reason, evidence=evidence)
    return await _back(case, version)


def _version(form: Form) -> str:
    """Raises:
    HTTPException: 422, the form names no release.
    """
    version = form.get("version", "")
    if not is_version(version):
        raise HTTPException(422, "The form names no release. Open the page again.")
    return version


async def _done(change: Callable[[], Pointer]) -> Pointer:
    """Change the pointer in a thread.

    Raises:
        HTTPException: 409, somebody else moved it, or the release cannot be used.
        UnavailableError: the store cannot be written.
    """
    try:
        return await asyncio.to_thread(change)
    except (ReleaseError, InputError) as error:
        raise HTTPException(409, str(error)) from None


async def _back(case: CasePage, version: str) -> Response:
    """The page of releases; this process takes the release into service before it answers."""
    await case.live.look()
    return case.redirect(f"releases?done={quote(version)}#done")
