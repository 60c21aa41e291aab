"""GET /operations/{use_case}/drift: how far the newest data differ, with plots."""

from typing import Any

from fastapi import APIRouter, Response

from app.operations.case_page import NAME, CasePage, TheCase
from app.shell.page_route import PageRoute
from script_shared.plots import Plot, Series

router = APIRouter(prefix=f"/{NAME}/{{use_case}}", include_in_schema=False, route_class=PageRoute)
LARGE = 0.25  # an index from which a shift can be large
BARS, DRAWN, BINS = 12, 4, 14


@router.get("/drift")
def get_drift_page(case: TheCase) -> Response:
    """The newest comparisons: verdict, the index of each column, and the columns that moved most."""
    drift = case.service.telemetry.drift.figures(case.name)
    shown = [_comparison_view(case, name, each) for name, each in drift["comparisons"].items()] if drift else []
    return case.page("operations/drift", "drift", drift=drift, comparisons=shown)


def _comparison_view(case: CasePage, name: str, comparison: dict[str, Any]) -> dict[str, Any]:
    columns = comparison["columns"]
    moved = [each for each in columns if each.get("level") != "none" and each.get("bins")]
    plots = [_indices(case, columns[:BARS])] if columns else []
    return {
        "name": name,
        "verdict": comparison["verdict"],
        "alarm": comparison["alarm"],
        "before": comparison["before"],
        "now": comparison["now"],
        "sentences": comparison["sentences"],
        "plots": [*plots, *(_bins(case, each, comparison) for each in moved[:DRAWN])],
        "columns": columns,
    }


def _indices(case: CasePage, columns: list[dict[str, Any]]) -> Plot:
    texts, names = case.texts, [str(each["column"]) for each in columns]
    series = [
        Series(texts["index"], [each["index"] for each in columns]),
        Series(texts["usual"], [each["usual"] for each in columns]),
    ]
    return Plot(
        "rows", texts["indices"], texts["column"], names, series, texts["dashed"].format(mark=LARGE), mark=LARGE
    )


def _bins(case: CasePage, column: dict[str, Any], comparison: dict[str, Any]) -> Plot:
    order = sorted(
        range(len(column["bins"])), key=lambda place: -max(column["shares"][place], column["shares_before"][place])
    )
    chosen = sorted(order[:BINS])
    series = [
        Series(str(comparison["before"]), [column["shares_before"][place] for place in chosen]),
        Series(str(comparison["now"]), [column["shares"][place] for place in chosen]),
    ]
    labels = [str(column["bins"][place]) for place in chosen]
    title = case.texts["shares_of"].format(column=column["column"])
    return Plot("bars", title, str(column["column"]), labels, series, unit="percent")
