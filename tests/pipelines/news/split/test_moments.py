"""The moments of a run."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.news.dataset import Dataset, Interactions
from pipelines.news.split.moments import moments_of
from script_shared.clock import HOUR_MS
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.pipelines.news.factory import dataset


def params(**hours: float) -> NewsParams:
    names = {"window": "split.window_hours", "ranking": "ranking.hours"}
    return load_params(NewsParams, FILE, [f"{names[name]} = {value}" for name, value in hours.items()])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """About 88 hours of reads."""
    return dataset(tmp_path_factory.mktemp("moments") / "refined")


def test_the_three_moments_lie_the_wanted_hours_apart(data: Dataset) -> None:
    at = moments_of(data, params(window=12, ranking=24))
    assert (at.end, at.end - at.split, at.split - at.fitted) == (data.end_ms, 12 * HOUR_MS, 24 * HOUR_MS)
    assert at.too_short == ""


def test_data_too_short_for_a_ranker_is_fitted_until_the_held_out_window_and_says_so(data: Dataset) -> None:
    at = moments_of(data, params(window=12, ranking=60))
    assert at.fitted == at.split == data.end_ms - 12 * HOUR_MS
    assert "hours of reads before the held-out window are too few to keep 60" in at.too_short


def test_a_ranker_needs_twice_the_hours_that_it_learns_on_before_the_held_out_window(data: Dataset) -> None:
    """The models are fitted on no fewer hours than the ranker learns on; one hour less is too short already."""
    split = moments_of(data, params(window=12, ranking=1)).split
    half = (split - int(data.interactions.time_ms[0])) / HOUR_MS / 2
    assert moments_of(data, params(window=12, ranking=half - 0.01)).too_short == ""
    assert moments_of(data, params(window=12, ranking=half + 0.01)).too_short != ""


def test_a_read_of_2001_makes_short_data_no_longer(data: Dataset) -> None:
    """Neither for the ranker nor for the held-out window."""
    first = data.interactions.rows(slice(0, 1))
    old = replace(first, time_ms=np.array([981_173_106_000]))
    reads = {name: np.append(getattr(old, name), column) for name, column in vars(data.interactions).items()}
    odd = replace(data, interactions=Interactions(**reads))
    for hours in (60, 24):
        assert moments_of(odd, params(window=12, ranking=hours)) == moments_of(data, params(window=12, ranking=hours))
    with pytest.raises(InputError, match=r"span 8\d\.\d hours"):
        moments_of(odd, params(window=200, ranking=1))


def test_data_not_longer_than_the_held_out_window_is_refused(data: Dataset) -> None:
    with pytest.raises(InputError, match=r"split\.window_hours"):
        moments_of(data, params(window=200, ranking=1))


def test_with_a_validation_file_the_ranker_learns_on_the_last_hours_of_the_data(data: Dataset) -> None:
    later = data.interactions.rows(slice(0, 5))
    later = replace(later, time_ms=later.time_ms + 200 * HOUR_MS)
    at = moments_of(replace(data, validation=later), params(ranking=24))
    assert (at.fitted, at.split) == (data.end_ms - 24 * HOUR_MS, data.end_ms)
