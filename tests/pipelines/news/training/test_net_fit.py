"""The network beside the trees: what it learns, how it is saved, and how a ranker uses it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.news.training.net_fit import LEAST_REQUESTS, SPREAD, fit_net, with_spread
from pipelines.news.training.ranker_model import train
from pipelines.news.training.ranker_rows import TrainingRows
from script_shared.errors import ReleaseCorruptError
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import FINALISTS, Ranker
from script_shared.news.ranking.score_net import ScoreNet
from script_shared.params import load_params
from tests.app.rankers import make_ranker

SIZE = 6


def made_rows(requests: int, features: int = 4, seed: int = 3) -> TrainingRows:
    """Requests whose article is the one where the first two features have the same sign, which no sum of them shows."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(requests, SIZE, features)).astype(np.float32)
    values[..., 2] = np.exp(values[..., 2])
    read = np.argmax(values[..., 0] * values[..., 1], axis=1)
    label = (np.arange(SIZE) == read[:, None]).astype(np.int8)
    ones = np.ones(requests, np.float32)
    sizes, places = np.full(requests, SIZE), np.arange(requests)
    return TrainingRows(values.reshape(-1, features), label.ravel(), sizes, ones, places)


def hits(net: ScoreNet, rows: TrainingRows) -> float:
    best = net.score(rows.features).reshape(-1, SIZE).argmax(axis=1)
    return float((best == rows.label.reshape(-1, SIZE).argmax(axis=1)).mean())


@pytest.fixture(scope="module")
def net() -> ScoreNet:
    fitted = fit_net(made_rows(LEAST_REQUESTS), 24, seed=1)
    assert fitted is not None
    return fitted


def test_a_network_learns_what_no_sum_of_features_tells(net: ScoreNet) -> None:
    assert hits(net, made_rows(1000, seed=8)) > 0.8  # by chance 0.17
    assert net.logs.tolist() == [2]  # the one feature that is never negative


def test_the_same_rows_and_seed_give_the_same_network(net: ScoreNet) -> None:
    again = fit_net(made_rows(LEAST_REQUESTS), 24, seed=1)
    assert again is not None
    np.testing.assert_array_equal(again.first, net.first)


def test_few_requests_or_no_units_give_no_network() -> None:
    assert fit_net(made_rows(LEAST_REQUESTS - 1), 24, seed=1) is None
    assert fit_net(made_rows(LEAST_REQUESTS), 0, seed=1) is None


def test_scores_are_finite_for_any_features_and_spread_as_asked(net: ScoreNet) -> None:
    features = made_rows(50).features
    assert np.isfinite(net.score(np.array([[np.nan, np.inf, -np.inf, 1e30]]))).all()
    spread = with_spread(net, features, np.array([0.0, 4.0])).score(features)
    np.testing.assert_allclose(spread.std(), 2.0 * SPREAD, rtol=1e-3)
    np.testing.assert_array_equal(np.argsort(spread), np.argsort(net.score(features)))


def test_a_saved_network_scores_alike_and_one_that_does_not_fit_is_refused(net: ScoreNet, tmp_path: Path) -> None:
    assert ScoreNet.load(tmp_path, 4) is None
    net.save(tmp_path)
    features, loaded = made_rows(20).features, ScoreNet.load(tmp_path, 4)
    assert loaded is not None
    np.testing.assert_array_equal(loaded.score(features), net.score(features))
    with pytest.raises(ReleaseCorruptError, match="do not fit the ranker's 5 features"):
        ScoreNet.load(tmp_path, 5)
    (tmp_path / "net" / "out.npy").unlink()
    with pytest.raises(ReleaseCorruptError):
        ScoreNet.load(tmp_path, 4)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("scale", np.zeros(5, np.float32)),
        ("logs", np.array([2.0])),
        ("logs", np.array([[2]])),
        ("out", np.full(16, np.nan, np.float32)),
        ("mean", np.full(5, -1e9, np.float32)),
    ],
)
def test_arrays_that_give_no_number_are_refused(
    net: ScoreNet, tmp_path: Path, name: str, values: "np.ndarray[Any, Any]"
) -> None:
    net.save(tmp_path)
    np.save(tmp_path / "net" / f"{name}.npy", values)
    with pytest.raises(ReleaseCorruptError, match="do not fit"):
        ScoreNet.load(tmp_path, 4)


def test_a_missing_or_enormous_value_in_training_leaves_all_weights_finite() -> None:
    rows = made_rows(LEAST_REQUESTS)
    rows.features[:2, 0] = np.nan, 1e30
    fitted = fit_net(rows, 8, seed=1)
    assert fitted is not None
    assert np.isfinite(fitted.first).all()
    assert np.isfinite(fitted.scale).all()


def test_a_ranker_adds_its_network_to_the_trees_and_one_saved_without_has_none(tmp_path: Path) -> None:
    plain = Ranker.load(make_ranker(tmp_path))
    assert plain.net is None
    assert "_roots" not in vars(plain)  # what the trees were made of
    width = len(FEATURES)
    fitted = fit_net(made_rows(LEAST_REQUESTS, width), 8, seed=1)
    Ranker(plain.booster, plain.names, plain.segments, fitted).save(tmp_path)
    ranker = Ranker.load(tmp_path)
    features = np.random.default_rng(2).normal(size=(FINALISTS, width)).astype(np.float32)
    assert ranker.net is not None
    np.testing.assert_allclose(ranker.rank_rows(features), plain.score(features) + ranker.net.score(features))


def test_a_training_blends_a_network_with_the_trees_unless_it_is_to_have_no_units() -> None:
    rows, new = made_rows(LEAST_REQUESTS, len(FEATURES)), made_rows(500, len(FEATURES), seed=9)
    units = ("ranker.trees=5", "ranker.net_units={}")
    with_net, without = (
        train(rows, rows.none(), load_params(NewsParams, FILE, [units[0], units[1].format(number)]).ranker)
        for number in (24, 0)
    )
    assert without.net is None
    assert with_net.net is not None
    trees, both = without.score(new.features), with_net.score(new.features)
    np.testing.assert_allclose(both - trees, with_net.net.score(new.features), atol=1e-5)
    assert np.corrcoef(both - trees, trees)[0, 1] > 0.3  # both learn the same thing
