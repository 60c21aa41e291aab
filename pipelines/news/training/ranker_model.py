"""Trains the ranker on rows of past requests: LightGBM LambdaRank, and a network whose scores are added."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import lightgbm as lgb
import numpy as np

from pipelines.news.training.net_fit import SAMPLE, fit_net, with_spread
from pipelines.news.training.ranker_rows import TrainingRows
from script_shared.arrays import FloatArray
from script_shared.errors import InputError
from script_shared.news.params import RankerParams
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.score_net import ScoreNet

LEAST_REQUESTS = 50


def train(rows: TrainingRows, held: TrainingRows, params: RankerParams, names: Sequence[str] | None = None) -> Ranker:
    """A ranker fitted on ``rows``; ``held``, later requests, stop it when ``params.early_stopping`` says so.

    Args:
        rows: requests with their candidates, features and labels.
        held: later requests; if there are only a few, they do not stop it.
        params: of LightGBM and the network.
        names: features to use, by default all.

    Raises:
        InputError: there are too few requests to learn from.
    """
    if len(rows.sizes) < LEAST_REQUESTS:
        raise InputError(f"{len(rows.sizes)} requests are too few to train a ranker.", fix="Use more days.")
    names = list(FEATURES) if names is None else list(names)
    data = _dataset(rows, names, params)
    stop = params.early_stopping > 0 and len(held.sizes) >= LEAST_REQUESTS
    with ThreadPoolExecutor(1) as thread:  # fitting trees releases the GIL and uses one core
        fitted = thread.submit(fit_net, replace(rows, features=_columns(rows, names)), params.net_units, params.seed)
        booster = lgb.train(
            _settings(params),
            data,
            params.trees,
            valid_sets=[_dataset(held, names, params, data)] if stop else None,
            callbacks=[lgb.early_stopping(params.early_stopping, verbose=False)] if stop else None,
        )
        net = fitted.result()
    best = booster.best_iteration if stop else booster.num_trees()
    kept = lgb.Booster(model_str=booster.model_to_string(num_iteration=best))
    return Ranker(kept, names, net=_at_scale(net, rows, kept, names, params))


def _at_scale(
    net: ScoreNet | None, rows: TrainingRows, booster: lgb.Booster, names: list[str], params: RankerParams
) -> ScoreNet | None:
    """The network, with scores on the scale of the trees' scores."""
    if net is None:
        return None
    features = _columns(rows, names)
    sample = features[:: max(1, len(features) // SAMPLE)]
    return with_spread(net, sample, np.asarray(booster.predict(sample, num_threads=params.threads)))


def _columns(rows: TrainingRows, names: list[str]) -> FloatArray:
    columns = [place for place, name in enumerate(FEATURES) if name in set(names)]
    return rows.features if len(columns) == len(FEATURES) else rows.features[:, columns]


def _dataset(
    rows: TrainingRows, names: list[str], params: RankerParams, reference: lgb.Dataset | None = None
) -> lgb.Dataset:
    return lgb.Dataset(
        _columns(rows, names),
        rows.label,
        group=rows.sizes,
        weight=np.repeat(rows.weight, rows.sizes),
        feature_name=names,
        reference=reference,
        params={"max_bin": params.bins, "verbose": -1},
    )


def _settings(params: RankerParams) -> dict[str, object]:
    return {
        "objective": "lambdarank",
        "metric": "ndcg",
        "eval_at": [10],
        "label_gain": [0, 1],
        "lambdarank_truncation_level": params.truncation,
        "learning_rate": params.learning_rate,
        "num_leaves": params.leaves,
        "min_data_in_leaf": params.min_rows_in_leaf,
        "feature_fraction": params.feature_share,
        "bagging_fraction": params.row_share,
        "bagging_freq": 1,
        "lambda_l2": params.l2,
        "max_bin": params.bins,
        "num_threads": params.threads,
        "seed": params.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
