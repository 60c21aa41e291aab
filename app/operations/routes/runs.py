"""GET /operations/{use_case}/runs and …/reports/{name}: runs with their figures, and the reports that they wrote."""

import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from fastapi import Path as InPath

from app.operations import figures
from app.operations.case_page import NAME, CasePage, TheCase
from app.operations.links import Links
from app.operations.run_links import RunLinks
from app.shell.page_route import PageRoute
from script_shared.decisions.decision import Entry
from script_shared.errors import UnavailableError

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)
KINDS = {"-data-card.html": "data_card", "-drift.html": "drift", ".html": "evaluation"}
MOST = 100
TRAININGS = 500  # entries of the record that are searched for the DAG runs
REPORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,199}\.html")
HEADERS = {  # a report is text of a pipeline: its script runs without the session of the person who reads it
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@router.get("/runs")
def get_runs_page(case: TheCase) -> Response:
    """Runs, the newest first: data card, evaluation, drift, the main figure, and the release that came of each."""
    folder = case.service.settings.evaluation_dir
    rows = figures.rows_of(folder, case.name)
    measures = figures.measures_in(rows)
    chosen = measures[0] if measures else None
    reports = _reports(folder / case.name)
    releases = {manifest.run_id: manifest for manifest in case.live.releases.list() if manifest.run_id}
    evaluated = {str(row["run_id"]): str(row["evaluated_at"]) for row in rows}
    names = sorted({*reports, *releases, *(name for name in evaluated if "." not in name)}, reverse=True)[:MOST]
    found = figures.by_run(rows, names)
    segments = figures.segments_in(rows)
    links = Links.of(case.service.settings)
    places = RunLinks(links, case.name, _trainings(case), folder / case.name)
    lines: list[dict[str, Any]] = [
        {
            "run": name,
            "at": evaluated.get(name, ""),
            "reports": reports.get(name, {}),
            "release": releases.get(name),
            "links": places.of(name, evaluated.get(name, "")),
            "values": [found.get((name, chosen, segment)) if chosen else None for segment in segments],
        }
        for name in names
    ]
    return case.page("operations/runs", "runs", lines=lines, chosen=chosen, segments=segments, links=links)


def _trainings(case: CasePage) -> list[Entry]:
    """The newest trainings in the record; none while it is unreachable."""
    try:
        return case.service.log.audit.read(what="training", use_case=case.name, limit=TRAININGS)
    except UnavailableError:
        return []


@router.get("/reports/{name}")
def get_report(case: TheCase, name: Annotated[str, InPath(max_length=205)]) -> Response:
    """A report as the pipeline wrote it."""
    path = case.service.settings.evaluation_dir / case.name / name
    if not REPORT.fullmatch(name) or not path.is_file():
        raise HTTPException(404, "There is no such report; maintenance may have deleted it.")
    return Response(path.read_bytes(), headers=HEADERS, media_type="text/html; charset=utf-8")


def _reports(folder: Path) -> dict[str, dict[str, str]]:
    """Names of files by run and kind."""
    found: dict[str, dict[str, str]] = {}
    for path in folder.glob("*.html"):
        if REPORT.fullmatch(path.name):
            ending = next(each for each in KINDS if path.name.endswith(each))
            found.setdefault(path.name.removesuffix(ending), {})[KINDS[ending]] = path.name
    return found
