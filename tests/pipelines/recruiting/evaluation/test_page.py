"""The page of an evaluation: its plots have the numbers of the tables, and a figure that was not measured is a gap."""

import math
from typing import Any

from pipelines.recruiting.evaluation.page import render


def content(figures: list[dict[str, Any]], groups: list[dict[str, Any]]) -> dict[str, Any]:
    moved = {"largest_move": 0.0, "candidates": 200, "pairs": 4_000}
    return {
        "run_id": "run-1",
        "test": "2024-03",
        "cases": 40,
        "open": 130.0,
        "alarms": [],
        "counterfactual": moved,
        "figures": figures,
        "groups": groups,
        "group_sentences": [],
        "outcomes": [],
        "outcome_sentences": [],
    }


def figure(model: str, metric: str, value: float) -> dict[str, Any]:
    return {"model": model, "metric": metric, "value": value, "low": value - 0.01, "high": value + 0.01}


def test_orders_and_groups_are_drawn_with_the_numbers_of_the_tables() -> None:
    figures = [figure("candidate", "hr_at_10", 0.875), figure("newest", "hr_at_10", 0.5)]
    group = {"kind": "level", "name": "Pleno", "cases": 30, "hit": 0.75, "low": 0.6, "high": 0.9, "plain": 0.25}
    page = render(content(figures, [group]))
    assert page.count('<figure class="plot') == 2
    for number in ("0.875", "0.865", "0.5", "0.75", "0.25"):
        assert number in page
    assert "chartist" in page.lower()


def test_without_a_figure_there_is_no_plot_of_it() -> None:
    page = render(content([figure("candidate", "mrr_at_10", math.nan)], []))
    assert '<figure class="plot' not in page
    assert "–" in page
