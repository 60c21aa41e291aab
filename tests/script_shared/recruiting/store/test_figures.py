"""Figures of a release are in the tables, and a second evaluation replaces the first."""

from pathlib import Path

from script_shared.addresses import sqlite_address
from script_shared.recruiting.store.figures import FigureStore


def figure(value: float | None, model: str = "candidate") -> dict[str, object]:
    return {"model": model, "metric": "hr_at_10", "value": value, "low": None, "high": 0.9, "cases": 50}


def test_figures_are_kept_by_release_and_replaced(tmp_path: Path) -> None:
    store = FigureStore(sqlite_address(tmp_path / "recruiting.db"))
    try:
        store.put("r1", "2026-01-01T00:00:00+00:00", [figure(0.5), figure(None, "newest")])
        store.put("r2", "2026-01-02T00:00:00+00:00", [figure(0.6)])
        store.put("r1", "2026-01-03T00:00:00+00:00", [figure(0.7)])
        (found,) = store.of("r1")
        assert (found["value"], found["low"], found["cases"]) == (0.7, None, 50)
        assert found["evaluated_at"] == "2026-01-03T00:00:00+00:00"
        assert [each["value"] for each in store.of("r2")] == [0.6]
    finally:
        store.close()
