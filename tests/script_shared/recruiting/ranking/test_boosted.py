"""The best rows of a list are those of all trees, and their scores are exact."""

import lightgbm
import numpy as np
import pytest

from script_shared.arrays import Float32s
from script_shared.recruiting.ranking.boosted import FIRST_TREES, SHORTLIST, best_of, scores_of


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    """250 trees of a sum of three features."""
    draw = np.random.default_rng(1)
    features = _features(draw, 4_000)
    labels = features[:, 0] + 0.5 * features[:, 1] - np.nan_to_num(features[:, 2]) + draw.normal(size=4_000) / 2
    settings = {"objective": "regression", "num_leaves": 31, "learning_rate": 0.05, "verbose": -1, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(features, labels), 250)


def _features(draw: np.random.Generator, rows: int) -> Float32s:
    features = draw.normal(size=(rows, 8)).astype(np.float32)
    features[draw.random(rows) < 0.1, 2] = np.nan
    return features


def test_the_best_rows_are_those_of_all_trees_with_their_scores(booster: lightgbm.Booster) -> None:
    draw, shared, same = np.random.default_rng(2), 0, 0
    for _ in range(50):
        features = _features(draw, 200)
        rows, scores = best_of(booster, features, 10)
        whole = scores_of(booster, features)
        assert np.allclose(scores, whole[rows])
        assert (np.diff(scores) <= 0).all()
        best = np.argsort(-whole, kind="stable")[:10]
        shared += len(np.intersect1d(rows, best))
        same += np.array_equal(rows, best)
    assert shared >= 495  # of 500
    assert same >= 45  # of 50


@pytest.mark.parametrize(("rows", "k"), [(0, 10), (1, 10), (SHORTLIST, 5), (100, 100), (200, 60)])
def test_every_row_is_scored_by_all_trees_where_most_are_wanted(booster: lightgbm.Booster, rows: int, k: int) -> None:
    features = _features(np.random.default_rng(3), rows)
    found, scores = best_of(booster, features, k)
    whole = scores_of(booster, features)
    assert found.tolist() == np.argsort(-whole, kind="stable")[:k].tolist()
    assert np.allclose(scores, whole[found])


def test_a_booster_of_few_trees_scores_all_rows() -> None:
    draw = np.random.default_rng(4)
    features = _features(draw, 300)
    settings = {"objective": "regression", "verbose": -1, "num_threads": 1}
    few = lightgbm.train(settings, lightgbm.Dataset(features, features[:, 0].copy()), FIRST_TREES)
    assert best_of(few, features, 7)[0].tolist() == np.argsort(-scores_of(few, features), kind="stable")[:7].tolist()
