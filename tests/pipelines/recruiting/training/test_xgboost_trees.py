"""XGBoost's trees in LightGBM's format give XGBoost's own scores, also where values are missing."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.recruiting.training.match_fit import fit_match
from pipelines.recruiting.training.ranker_fit import fit_ranker
from pipelines.recruiting.training.xgboost_trees import GROWN, fit_xgboost
from script_shared.params import load_params
from script_shared.recruiting.features.feature_names import NAMES as RANKER_NAMES
from script_shared.recruiting.features.match_features import NAMES as MATCH_NAMES
from script_shared.recruiting.params import FILE, RecruitingParams
from script_shared.recruiting.ranking.boosted import load_booster, save_booster, scores_of

NAMES = ("a", "b", "c", "d")


@pytest.mark.parametrize("ranking", [False, True])
def test_scores_are_those_of_the_library(ranking: bool, tmp_path: Path) -> None:
    import xgboost

    draw = np.random.default_rng(2)
    features = draw.normal(size=(400, 4)).astype(np.float32)
    features[draw.random(features.shape) < 0.2] = np.nan
    labels = (np.nan_to_num(features[:, 0]) + draw.normal(size=400) > 0.5).astype(int)
    sizes = np.full(40, 10) if ranking else None
    objective = "rank:ndcg" if ranking else "binary:logistic"
    settings = {"objective": objective, "max_leaves": 9, "seed": 1}
    found = fit_xgboost(features, labels, settings, 15, NAMES, sizes)
    data = xgboost.DMatrix(features, labels)
    if sizes is not None:
        data.set_group(sizes)
    own = xgboost.train({**GROWN, **settings}, data, 15).predict(xgboost.DMatrix(features), output_margin=True)
    assert np.allclose(scores_of(found, features), own, atol=1e-5)
    save_booster(found, tmp_path / "trees.txt")
    assert np.allclose(scores_of(load_booster(tmp_path / "trees.txt", NAMES), features), own, atol=1e-5)


def test_rankers_and_the_match_classifier_may_be_of_either_library() -> None:
    draw = np.random.default_rng(4)
    params = load_params(RecruitingParams, FILE, ['ranker.kind = "xgboost"', 'match.kind = "xgboost"'])
    ranked = draw.normal(size=(300, len(RANKER_NAMES))).astype(np.float32)
    labels, sizes = (ranked[:, 0] > 1).astype(int), np.full(30, 10)
    ranker = fit_ranker((ranked, labels, sizes), params.ranker)
    assert scores_of(ranker, ranked)[labels == 1].min() > np.median(scores_of(ranker, ranked))
    features = draw.normal(size=(300, len(MATCH_NAMES))).astype(np.float32)
    came = features[:, 3] > 1
    chances = fit_match(features, came, params.match).of_features(features)
    assert chances[came].mean() > chances[~came].mean() + 0.3
