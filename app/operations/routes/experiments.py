"""GET /operations/{use_case}/experiments and POST …/stop: experiments with their verdicts; operators stop them."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from fastapi import Path as InPath

from app.decisions import TheDecisions
from app.operations.case_page import NAME, ActingCase, CasePage, TheCase
from app.operations.confirmed import reason_in
from app.operations.routes.runs import HEADERS
from app.shell.forms import TheForm
from app.shell.page_route import PageRoute
from script_shared.errors import InputError
from script_shared.experiments.decision import decision_of
from script_shared.experiments.experiment import NAME as NAME_PATTERN
from script_shared.plots import Plot, Series

router = APIRouter(prefix=f"/{NAME}/{{use_case}}/experiments", include_in_schema=False, route_class=PageRoute)
ExperimentName = Annotated[str, InPath(pattern=NAME_PATTERN)]
FOLDER = "experiments"  # of reports, below the folder of evaluations
ALL = "all"


@router.get("")
async def get_experiments_page(case: TheCase) -> Response:
    """The experiments of the use case, the newest first, each with its verdict and figures so far."""
    stored = await asyncio.to_thread(case.service.log.experiments.current)
    mine = [each for each in reversed(stored) if each.experiment.use_case == case.name]
    shown = await asyncio.to_thread(lambda: [{**each.view(), **_load_analysis(case, each.name)} for each in mine])
    return case.page("operations/experiments", "experiments", experiments=shown)


@router.get("/{name}/report")
async def get_experiment_report(case: TheCase, name: ExperimentName) -> Response:
    """The report of an experiment as the analysis wrote it."""
    await _of_case(case, name)
    path = _folder(case) / f"{name}.html"
    if not path.is_file():
        raise HTTPException(404, "This experiment has not been analysed yet.")
    return Response(path.read_bytes(), headers=HEADERS, media_type="text/html; charset=utf-8")


@router.post("/{name}/stop")
async def stop(case: ActingCase, name: ExperimentName, form: TheForm, decisions: TheDecisions) -> Response:
    """Stop an experiment for good, if it is still as the person saw it."""
    reason, version = reason_in(form, case.texts), form.get("version", "")
    if not version.isdecimal():
        raise HTTPException(422, "The form lacks the version. Open the page again.")
    if case.service.experiments.from_file:
        raise HTTPException(409, "The experiments come from a file. Change the file of PAUTA_EXPERIMENTS_FILE.")
    await _of_case(case, name)
    try:
        change = await asyncio.to_thread(
            case.service.log.experiments.stop, name, int(version), case.view.viewer.name, reason
        )
    except InputError as error:
        raise HTTPException(409, str(error)) from None
    await case.service.experiments.refresh()
    made = decision_of(change.before, change.after, "")
    await decisions.record(
        made.what, case.name, before=made.before, after=made.after, why=made.why, evidence=made.evidence
    )
    return case.redirect("experiments")


async def _of_case(case: CasePage, name: str) -> None:
    """Raises:
    HTTPException: 404, the use case has no such experiment.
    """
    versions = await asyncio.to_thread(case.service.log.experiments.versions, name)
    if not versions or versions[-1].experiment.use_case != case.name:
        raise HTTPException(404, "There is no experiment of this name.")


def _folder(case: CasePage) -> Path:
    return case.service.settings.evaluation_dir / FOLDER


def _load_analysis(case: CasePage, name: str) -> dict[str, Any]:
    """Verdict, facts and plot of the last analysis; nothing before it, or if its file is damaged."""
    nothing: dict[str, Any] = {"verdict": "", "facts": [], "plot": None, "has_report": False}
    try:
        content = json.loads((_folder(case) / f"{name}.json").read_text(encoding="utf-8"))
        plot = _plot(case, content)
        facts, verdict = list(content["variants"]), str(content["verdict"])
    except (OSError, ValueError, KeyError, TypeError):
        return nothing
    has_report = (_folder(case) / f"{name}.html").is_file()
    return {"verdict": verdict, "facts": facts, "plot": plot, "has_report": has_report}


def _plot(case: CasePage, content: dict[str, Any]) -> Plot | None:
    """The deciding metric of each variant by group, with its confidence sequence."""
    rates = [rate for rate in content["rates"] if rate["metric"] != "seconds"]
    if not rates:
        return None
    wanted = content["experiment"]["metric"]
    metric = wanted if any(rate["metric"] == wanted for rate in rates) else rates[0]["metric"]
    found = {(rate["variant"], rate["group"]): rate for rate in rates if rate["metric"] == metric}
    groups = list(dict.fromkeys(group for _, group in found))
    series = []
    for variant in dict.fromkeys(variant for variant, _ in found):
        rows = [found.get((variant, group)) for group in groups]
        values, low, high = ([row and row[name] for row in rows] for name in ("value", "low", "high"))
        series.append(Series(variant or case.texts["both_variants"], values, low, high))
    return Plot("bars", metric.replace("_", " "), case.texts["segment"], groups, series, case.texts["at_every_look"])
