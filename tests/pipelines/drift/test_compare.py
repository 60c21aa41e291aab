"""Drift: planted changes are found and named, and samples of one distribution are called the same."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.drift import Drift, compare, page, write_figures
from pipelines.drift.measures import association, largest_gap, stability_index, standardised_change


def sample(rows: int, seed: int, *, mean: float = 6.0, public: float = 0.8, missing: float = 0.0) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    marks = np.where(draw.random(rows) < missing, np.nan, draw.normal(mean, 1.5, rows))
    school = np.where(draw.random(rows) < public, "public", "private")
    return pl.DataFrame({"mark": marks, "school": school}).with_columns(pl.col("mark").fill_nan(None))


def drift(before: pl.DataFrame, now: pl.DataFrame, **more: object) -> Drift:
    names = ("2022", "2023")
    return compare(before, now, names=names, numbers=["mark"], categories=["school"], used=["mark"], **more)


@pytest.mark.parametrize("rows", [60, 300, 3000])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_samples_of_one_distribution_are_called_the_same(rows: int, seed: int) -> None:
    found = drift(sample(rows, seed), sample(rows, seed + 50))
    assert not found.alarm
    assert found.sentences() == []


def test_a_mean_that_falls_is_large_named_and_an_alarm() -> None:
    found = drift(sample(800, 1), sample(800, 2, mean=4.0))
    assert found.columns("large", used=True) == ["mark"]
    assert found.alarm
    shift = found.shifts[0]
    assert shift.effect == pytest.approx(-2 / 1.5, abs=0.15)
    assert shift.gap > 0.4
    assert shift.sentence.startswith("mark fell strongly: the mean is 3.9")


def test_missing_values_are_a_drift_of_their_own() -> None:
    found = drift(sample(800, 1), sample(800, 2, missing=0.5))
    assert found.columns("large") == ["mark"]
    assert "mark is missing in 5" in found.shifts[0].sentence
    assert found.shifts[0].missing_before == 0


def test_a_column_that_is_wholly_missing_is_compared_without_an_error() -> None:
    empty = sample(300, 1).with_columns(mark=pl.lit(None, pl.Float64))
    for before, now in ((empty, sample(300, 2)), (sample(300, 2), empty), (empty, empty)):
        found = {shift.column: shift for shift in drift(before, now).shifts}
        assert np.isnan(found["mark"].gap)
    assert found["mark"].level == "none"


def test_a_category_whose_share_changes_and_a_new_one_are_named() -> None:
    now = sample(800, 2, public=0.3).with_columns(
        pl.when(pl.int_range(pl.len()) % 20 == 0).then(pl.lit("at home")).otherwise("school").alias("school")
    )
    found = drift(sample(800, 1), now)
    shift = next(each for each in found.shifts if each.column == "school")
    assert (shift.level, shift.new) == ("large", ("at home",))
    assert "school has new values: at home." in shift.sentence
    assert not found.alarm  # the model does not look at it


def test_columns_that_come_and_go_are_named() -> None:
    found = drift(sample(300, 1), sample(300, 2).drop("school"), new_columns=["attendance"])
    assert found.sentences() == [
        "attendance is new: nothing is known of it in 2022.",
        "school is not there any more.",
    ]


def test_measures_are_those_computed_by_hand() -> None:
    assert stability_index(np.array([10, 10]), np.array([15, 5])) == pytest.approx(
        0.25 * np.log(0.75 / 0.5) - 0.25 * np.log(0.25 / 0.5)
    )
    assert largest_gap(np.array([1.0, 2.0]), np.array([5.0, np.nan])) == 1.0
    assert standardised_change(np.array([0.0, 2.0]), np.array([2.0, 4.0])) == pytest.approx(2 / np.sqrt(2))
    assert association(np.array([5, 0]), np.array([0, 5])) == pytest.approx(1.0)


def test_the_page_and_the_figures_say_it(tmp_path: Path) -> None:
    found = drift(sample(300, 1), sample(300, 2, mean=2.0))
    text = page(found, "Drift", "Run 1")
    assert "2023 differs largely in columns that the model uses: mark." in text
    file = write_figures(tmp_path, {"long_term": found}, "run-1")
    content = json.loads(file.read_text(encoding="utf-8"))["comparisons"]["long_term"]
    assert [column["column"] for column in content["columns"]] == ["mark", "school"]
    assert content["columns"][1]["gap"] is None
    assert content["sentences"] == found.sentences()
