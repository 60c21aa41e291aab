"""The ranker: few trees choose who is scored by all of them."""

import numpy as np
import pytest

from script_shared.news.live.candidates import Candidates, candidates
from script_shared.news.live.features import FEATURES, matrix
from script_shared.news.live.ranker import FINALISTS, FIRST_TREES, Ranker
from script_shared.news.live.request import RankRequest
from tests.script_shared.news.live.events_made import START_MS, click, folded


@pytest.fixture(scope="module")
def found() -> Candidates:
    """More candidates than get the score of all trees."""
    events = [click(f"u{n}", f"a{n % 90}", n / 40, region="sp" if n % 3 else "rj") for n in range(400)]
    state = folded(*events, readers=500, articles=128)
    return candidates(state, RankRequest(START_MS + 700_000, "v", region="sp"), count=90)


@pytest.fixture(scope="module")
def ranker(found: Candidates) -> Ranker:
    import lightgbm

    random = np.random.default_rng(1)
    rows = np.repeat(matrix(found), 20, axis=0)
    labels = random.integers(0, 2, len(rows))
    params = {"objective": "lambdarank", "verbose": -1, "num_threads": 1, "num_leaves": 6, "seed": 1}
    data = lightgbm.Dataset(rows, labels, group=[20] * (len(rows) // 20), params={"verbose": -1})
    return Ranker(lightgbm.train(params, data, FIRST_TREES + 35), list(FEATURES))


def test_finalists_get_the_score_of_all_trees_and_the_others_stand_below(ranker: Ranker, found: Candidates) -> None:
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


def test_a_short_list_gets_the_score_of_all_trees(ranker: Ranker, found: Candidates) -> None:
    few = Candidates(found.rows[:FINALISTS], found.mix[:FINALISTS], found.sources[:FINALISTS], found.signals)
    np.testing.assert_allclose(ranker.rank(few), ranker.score(matrix(few, ranker.names)))
