"""Fits the match classifier on applications that are old enough to be decided; the newest of them calibrate it."""

from typing import Any

import numpy as np

from pipelines.recruiting.training.xgboost_trees import fit_xgboost
from script_shared.arrays import Bools, Float32s, FloatArray
from script_shared.errors import InputError
from script_shared.recruiting.features.match_features import NAMES
from script_shared.recruiting.model_params import MatchParams
from script_shared.recruiting.ranking.boosted import scores_of
from script_shared.recruiting.ranking.match import Match
from script_shared.recruiting.refused import refuse_leaks

CALIBRATED = 0.2  # newest share of the applications that the calibration is fitted on
FEATURES = 0.5  # share of the features that a tree may use
FEWEST = 10  # hires that a fit needs


def fit_match(features: Float32s, came: Bools, params: MatchParams, alarm: float = 1.0) -> Match:
    """Learn the calibration from trees of the older applications on the newer ones, then the trees from all.

    Args:
        features: float32 (n, features), by day.
        came: bool (n) hired.
        alarm: AUC of a single feature above which it holds the answer.

    Raises:
        InputError: too few hires, or a feature that gives the answer away.
    """
    refuse_leaks(NAMES)
    if came.sum() < FEWEST or (~came).sum() < FEWEST:
        raise InputError(f"only {int(came.sum())} hires to learn from.", fix="Bring more or older applications.")
    refuse_giveaways(features, came, alarm)
    older = int(len(came) * (1 - CALIBRATED))
    if came[older:].sum() < FEWEST or came[:older].sum() < FEWEST:
        older = len(came)
    booster = fit_trees(features[:older], came[:older], params)
    held = slice(older, None) if older < len(came) else slice(None)
    slope, shift = platt(scores_of(booster, features[held]), came[held])
    if older < len(came):
        booster = fit_trees(features, came, params)
    return Match(booster, slope, shift)


def fit_trees(features: FloatArray, came: Bools, params: MatchParams) -> Any:
    """A LightGBM booster; its trees may be XGBoost's. Hires may weigh more, because they are rare."""
    import lightgbm

    weight = float(((~came).sum() / max(came.sum(), 1)) ** params.hire_weight)
    if params.kind == "xgboost":
        wanted = {
            "objective": "binary:logistic",
            "scale_pos_weight": weight,
            "learning_rate": params.learning_rate,
            "max_leaves": params.leaves,
            "colsample_bytree": FEATURES,
            "lambda": params.penalty,
            "seed": params.seed,
        }
        return fit_xgboost(features, came, wanted, params.trees, NAMES)
    settings = {
        "objective": "binary",
        "scale_pos_weight": weight,
        "learning_rate": params.learning_rate,
        "num_leaves": params.leaves,
        "min_data_in_leaf": params.min_leaf,
        "feature_fraction": FEATURES,
        "lambda_l2": params.penalty,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": params.seed,
        "verbose": -1,
    }
    data = lightgbm.Dataset(features, came.astype(int), feature_name=list(NAMES))
    return lightgbm.train(settings, data, params.trees)


def platt(scores: FloatArray, came: Bools) -> tuple[float, float]:
    """Slope and shift of Platt's scaling; the slope is never below zero, which would reverse the order."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e3).fit(scores[:, None], came)
    return max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0])


def refuse_giveaways(features: FloatArray, came: Bools, alarm: float) -> None:
    """Refuse a feature that alone separates the hired from the others.

    Raises:
        InputError: names the feature and its AUC.
    """
    from sklearn.metrics import roc_auc_score

    for place, name in enumerate(NAMES):
        known = ~np.isnan(features[:, place])
        if known.sum() < 2 * FEWEST or len(np.unique(came[known])) < 2:
            continue
        auc = float(roc_auc_score(came[known], features[known, place]))
        if max(auc, 1 - auc) > alarm:
            raise InputError(
                f"the feature {name} alone predicts who is hired (AUC {max(auc, 1 - auc):.3f}): it holds the answer, "
                "not what was known on the day.",
                fix="Look at where its column comes from, and leave it out until then.",
            )
