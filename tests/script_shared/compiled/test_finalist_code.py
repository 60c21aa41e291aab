"""Compiled code ranks candidates as the array operations of the ranker do."""

import weakref
from dataclasses import fields

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from script_shared.arrays import Float32s
from script_shared.compiled import finalist_code, library
from script_shared.compiled.decision_trees import DecisionTrees
from script_shared.compiled.finalist_code import Cut, FinalistRanking
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import APART, FINALISTS, FIRST_TREES, Ranker
from script_shared.news.ranking.score_net import ScoreNet

NAMES = list(FEATURES)[:12]


def _net(random: np.random.Generator) -> ScoreNet:
    width, units, last = len(NAMES) + 2, 8, 4
    sizes = ((width,), (width, units), (units,), (units, last), (last,), (last,), (width,))
    scale, first, first_bias, second, second_bias, out, linear = (
        random.normal(size=size).astype(np.float32) for size in sizes
    )
    mean = random.normal(size=width).astype(np.float32)
    return ScoreNet(np.array([1, 5]), mean, abs(scale) + 0.1, first, first_bias, second, second_bias, out, linear)


def _ranker(seed: int, *, net: bool) -> Ranker:
    random = np.random.default_rng(seed)
    rows, labels = random.normal(size=(2000, len(NAMES))), random.integers(0, 2, 2000)
    settings = {"objective": "lambdarank", "num_leaves": 16, "verbose": -1, "num_threads": 1, "seed": 1}
    data = lightgbm.Dataset(rows, labels, group=[20] * 100, params={"verbose": -1})
    ranker = Ranker(lightgbm.train(settings, data, FIRST_TREES + 30), NAMES, None, _net(random) if net else None)
    if not ranker.uses_compiled_trees:
        pytest.skip(library.MISSING)
    return ranker


@pytest.fixture(scope="module")
def rankers() -> dict[bool, Ranker]:
    """With a network, and without."""
    return {net: _ranker(5, net=net) for net in (False, True)}


@st.composite
def _columns(draw: st.DrawFn) -> Float32s:
    """float32 (features, candidates), some of them missing, infinite, enormous or equal."""
    random, m = np.random.default_rng(draw(st.integers(0, 10**6))), draw(st.integers(FINALISTS + 1, 170))
    columns = (random.normal(size=(len(NAMES), m)) * draw(st.sampled_from([1.0, 30.0]))).astype(np.float32)
    if draw(st.booleans()):
        columns[random.random(columns.shape) < 0.05] = draw(st.sampled_from([np.nan, np.inf, -np.inf, 1e30, 0.0]))
    return columns


@settings(max_examples=120, deadline=None)
@given(columns=_columns(), net=st.booleans())
def test_scores_are_those_of_the_array_operations(rankers: dict[bool, Ranker], columns: Float32s, net: bool) -> None:
    ranker = rankers[net]
    compiled = ranker.rank_rows(columns.T)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranker, "_ranking", None)
        wanted = ranker.rank_rows(columns.T)
    assert compiled.tolist() == wanted.tolist()


def test_of_candidates_with_the_same_score_the_first_are_finalists(rankers: dict[bool, Ranker]) -> None:
    ranker = rankers[True]
    scores = ranker.rank_rows(np.zeros((100, len(NAMES)), np.float32))
    assert np.ptp(scores[:FINALISTS]) < 1e-5
    assert np.ptp(scores[FINALISTS:]) == 0.0
    assert scores[FINALISTS] < scores[:FINALISTS].min()


@pytest.mark.parametrize("shape", [(len(NAMES) - 1, 90), (len(NAMES), FINALISTS)])
def test_too_few_columns_or_candidates_are_refused(rankers: dict[bool, Ranker], shape: tuple[int, int]) -> None:
    ranking = rankers[True]._ranking
    assert ranking is not None
    with pytest.raises(ValueError, match="needs 12 features of more than 40 candidates"):
        ranking.rank(np.zeros(shape, np.float32))


def test_a_cut_after_more_trees_than_exist_uses_all_trees(rankers: dict[bool, Ranker]) -> None:
    trees = DecisionTrees.of(rankers[False].booster.dump_model(num_iteration=1), rankers[False]._roots)
    assert trees is not None
    columns = np.random.default_rng(2).normal(size=(len(NAMES), 60)).astype(np.float32)
    some = FinalistRanking(trees, len(NAMES), None, Cut(trees.count, 40, APART)).rank(columns)
    assert FinalistRanking(trees, len(NAMES), None, Cut(9999, 40, APART)).rank(columns).tolist() == some.tolist()


def test_scores_of_the_network_exist_until_the_code_has_read_them(
    rankers: dict[bool, Ranker], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = rankers[True].net
    assert net is not None
    returned: list[weakref.ref[Float32s]] = []

    class Watched(ScoreNet):
        def score_inputs(self, values: Float32s) -> Float32s:
            scores = super().score_inputs(values)
            returned.append(weakref.ref(scores))
            return scores

    pick, standardise, place = finalist_code._code()
    exists = []

    def watched_place(*arguments: object) -> None:
        exists.append(returned[-1]() is not None)
        place(*arguments)

    trees = rankers[True]._tree_code
    assert trees is not None
    watched = Watched(**{field.name: getattr(net, field.name) for field in fields(net)})
    ranking = FinalistRanking(trees, len(NAMES), watched, Cut(FIRST_TREES, FINALISTS, APART))
    monkeypatch.setattr(finalist_code, "_code", lambda: (pick, standardise, watched_place))
    ranking.rank(np.zeros((len(NAMES), 60), np.float32))
    assert exists == [True]


@pytest.mark.parametrize(("width", "finalists"), [(1, 40), (len(NAMES), 0)])
def test_fewer_features_than_the_trees_need_and_no_finalists_are_refused(
    rankers: dict[bool, Ranker], width: int, finalists: int
) -> None:
    trees = rankers[False]._tree_code
    assert trees is not None
    with pytest.raises(ValueError, match="the trees need"):
        FinalistRanking(trees, width, None, Cut(FIRST_TREES, finalists, APART))
