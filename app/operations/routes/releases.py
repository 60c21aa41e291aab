"""GET /operations/{use_case}/releases and …/compare: releases with their figures, and two of them side by side."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from app.metrics.evaluation_file import Row
from app.operations import figures
from app.operations.case_page import NAME, CasePage, TheCase
from app.operations.changes import fact_changes, file_changes, param_changes
from app.operations.links import Links
from app.shell.page_route import PageRoute
from script_shared.releases import Manifest
from script_shared.releases.pins import held_by_person
from script_shared.releases.records import is_version

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)
DRAWN = 5  # releases in the plot
MOVES = 10  # of the pointer, shown
Name = Annotated[str, Query(max_length=150)]


@router.get("/releases")
def get_releases_page(case: TheCase, measure: Annotated[str, Query(max_length=80)] = "", done: Name = "") -> Response:
    """All releases, the newest first, with the figures of their evaluations and what an operator may do."""
    pointer, manifests = case.live.releases.current(), case.live.releases.list()
    rows = figures.rows_of(case.service.settings.evaluation_dir, case.name)
    measures = figures.measures_in(rows)
    chosen = next((each for each in measures if str(each) == measure), measures[0] if measures else None)
    return case.page(
        "operations/releases",
        "releases",
        pointer=pointer,
        manifests=manifests,
        pins={pin.version: pin for pin in pointer.pins} if pointer else {},
        held=held_by_person(pointer) if pointer else {},
        earlier=pointer.earlier()[:1] if pointer else [],
        moves=list(reversed(pointer.history))[:MOVES] if pointer else [],
        measures=measures,
        chosen=chosen,
        plot=_plot(case, rows, manifests, chosen) if chosen else None,
        values=_values(rows, manifests, chosen) if chosen else {},
        links=Links.of(case.service.settings),
        done=done if is_version(done) else "",
    )


@router.get("/compare")
def compare_releases(case: TheCase, a: Name, b: Name) -> Response:
    """Two releases: every figure with its interval, and what changed in data, params and files."""
    known = {manifest.version: manifest for manifest in case.live.releases.list()}
    if a not in known or b not in known:
        raise HTTPException(404, "There is no such release. Choose two on the page of releases.")
    before, after = known[a], known[b]
    rows = figures.rows_of(case.service.settings.evaluation_dir, case.name)
    return case.page(
        "operations/compare",
        "releases",
        title=case.texts["compare_title"].format(a=a, b=b),
        before=before,
        after=after,
        table=_side_by_side(rows, before, after),
        facts=fact_changes(before, after),
        params=param_changes(before, after),
        files=file_changes(before, after),
    )


def _plot(case: CasePage, rows: list[Row], manifests: list[Manifest], measure: figures.Measure) -> Any:
    shown = [manifest for manifest in manifests if manifest.run_id][:DRAWN][::-1]
    runs = {manifest.run_id: manifest.version for manifest in shown}
    return figures.comparison_plot(str(measure), case.texts["segment"], rows, runs, measure)


def _values(rows: list[Row], manifests: list[Manifest], measure: figures.Measure) -> dict[str, list[tuple[str, Row]]]:
    """The chosen measure of each release by segment."""
    found = figures.by_run(rows, [manifest.run_id for manifest in manifests])
    segments = figures.segments_in(rows)
    return {
        manifest.version: [
            (segment, found[place]) for segment in segments if (place := (manifest.run_id, measure, segment)) in found
        ]
        for manifest in manifests
    }


def _side_by_side(rows: list[Row], before: Manifest, after: Manifest) -> list[dict[str, Any]]:
    found = figures.by_run(rows, [before.run_id, after.run_id])
    places = dict.fromkeys((measure, segment) for _, measure, segment in found)
    lines = []
    for measure, segment in sorted(places, key=lambda each: (each[0].protocol != "replay", str(each[0]))):
        one, two = (found.get((run, measure, segment)) for run in (before.run_id, after.run_id))
        lines.append({"measure": str(measure), "segment": segment, "before": one, "after": two, "gap": _gap(one, two)})
    return lines


def _gap(before: Row | None, after: Row | None) -> float | None:
    values = [row["value"] if row else None for row in (before, after)]
    return None if None in values else values[1] - values[0]  # type: ignore[operator]
