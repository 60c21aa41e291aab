"""The ranker: the first trees choose the candidates that all trees score."""

import numpy as np
import pytest

from script_shared.news.ranking import reasons
from script_shared.news.ranking.candidates import Candidates, candidates
from script_shared.news.ranking.features import FEATURES, matrix
from script_shared.news.ranking.leaf_shares import LeafShares
from script_shared.news.ranking.ordering import LiveOrder
from script_shared.news.ranking.query import Query
from script_shared.news.ranking.ranker import FINALISTS, FIRST_TREES, Ranker
from tests.script_shared.news.events_made import START_MS, click, folded


@pytest.fixture(scope="module")
def found() -> Candidates:
    """More candidates than get the score of all trees."""
    events = [click(f"u{n}", f"a{n % 90}", n / 40, region="sp" if n % 3 else "rj") for n in range(400)]
    state = folded(*events, readers=500, articles=128)
    return candidates(state, Query("v", region="sp"), START_MS + 700_000, count=90)


@pytest.fixture(scope="module")
def ranker(found: Candidates) -> Ranker:
    import lightgbm

    random = np.random.default_rng(1)
    rows = np.repeat(matrix(found), 20, axis=0)
    labels = random.integers(0, 2, len(rows))
    params = {"objective": "lambdarank", "verbose": -1, "num_threads": 1, "num_leaves": 6, "seed": 1}
    data = lightgbm.Dataset(rows, labels, group=[20] * (len(rows) // 20), params={"verbose": -1})
    return Ranker(lightgbm.train(params, data, FIRST_TREES + 35), list(FEATURES))


def test_finalists_get_the_score_of_all_trees_and_the_others_are_below(ranker: Ranker, found: Candidates) -> None:
    features = matrix(found, ranker.names)
    scores, full = ranker.rank(found), ranker.score(features)
    first = ranker.booster.predict(features, num_iteration=FIRST_TREES)
    assert len(scores) > FINALISTS
    order = np.argsort(-scores, kind="stable")
    finalists, others = order[:FINALISTS], order[FINALISTS:]
    np.testing.assert_allclose(scores[finalists], full[finalists], atol=1e-9)
    assert scores[others].max() < scores[finalists].min()
    assert first[finalists].min() >= first[others].max()
    assert (np.diff(first[others]) <= 1e-12).all()


def test_others_that_are_below_the_finalists_keep_the_score_of_the_first_trees(
    ranker: Ranker, found: Candidates, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = -np.arange(float(len(found)))
    added = {0: first, FIRST_TREES: np.full(FINALISTS, 50.0)}
    monkeypatch.setattr(ranker, "_ranking", None)  # array operations
    monkeypatch.setattr(ranker, "_predict", lambda rows, start, trees: added[start].copy())
    scores = ranker.rank(found)
    assert scores[:FINALISTS].tolist() == (first[:FINALISTS] + 50).tolist()
    assert scores[FINALISTS:].tolist() == first[FINALISTS:].tolist()


def test_no_candidates_have_no_scores(ranker: Ranker, found: Candidates) -> None:
    none = Candidates(found.rows[:0], found.mix[:0], found.sources[:0], found.signals)
    assert ranker.rank(none).shape == (0,)


def test_a_short_list_gets_the_score_of_all_trees(ranker: Ranker, found: Candidates) -> None:
    few = Candidates(found.rows[:FINALISTS], found.mix[:FINALISTS], found.sources[:FINALISTS], found.signals)
    np.testing.assert_allclose(ranker.rank(few), ranker.score(matrix(few, ranker.names)))


def test_the_shares_of_the_features_sum_to_the_score(ranker: Ranker, found: Candidates) -> None:
    features = matrix(found, ranker.names)
    added = ranker.contributions(features)
    rest = ranker.score(features) - added.sum(axis=1)
    assert added.shape == features.shape
    np.testing.assert_allclose(rest, rest[0], atol=1e-5)  # the same expected score for all
    exact = ranker.booster.predict(features, pred_contrib=True)[:, :-1]
    assert np.mean([np.corrcoef(mine, shap)[0, 1] for mine, shap in zip(added, exact, strict=True)]) > 0.9


def test_a_tree_of_one_leaf_adds_nothing_to_any_feature() -> None:
    import lightgbm

    data = lightgbm.Dataset(np.zeros((40, 2)), np.zeros(40), params={"verbose": -1})
    booster = lightgbm.train({"objective": "regression", "verbose": -1, "num_threads": 1}, data, 2)
    assert (
        not LeafShares(booster, [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])
        .of(np.zeros((3, 2)))
        .any()
    )


def test_a_hundred_items_are_explained_by_one_matrix_and_one_prediction(
    ranker: Ranker, found: Candidates, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(reasons, "matrix", lambda *args: made.append(1) or matrix(*args))
    monkeypatch.setattr(ranker, "contributions", lambda rows: made.append(len(rows)) or np.ones(rows.shape))
    said = reasons.explain_places(LiveOrder.of(found, ranker.rank(found)), ranker, range(80))
    assert made == [1, 80]
    assert len(said) == 80
    assert all(len(one) == reasons.EXPLAINED for one in said)


def test_compiled_trees_rank_as_lightgbm_does_to_the_last_bit(
    ranker: Ranker, found: Candidates, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from script_shared.compiled import decision_trees, library

    folder = tmp_path_factory.mktemp("compiled")
    if library.build(folder) is None:
        pytest.skip(library.MISSING)
    ranks = {}
    for name, compiled in (("compiled", library.load(folder)), ("LightGBM", None)):
        monkeypatch.setattr(decision_trees, "load", lambda compiled=compiled: compiled)
        each = Ranker(ranker.booster, ranker.names)
        assert (each.uses_compiled_trees) is (name == "compiled")
        ranks[name] = each.rank(found).tolist()
    assert ranks["compiled"] == ranks["LightGBM"]
