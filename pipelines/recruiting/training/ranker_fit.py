"""Fits LambdaRank: of the vacancies that were open, the one that the candidate applied to first."""

from typing import Any

import numpy as np

from pipelines.recruiting.training.cases import Case
from pipelines.recruiting.training.xgboost_trees import fit_xgboost
from script_shared.arrays import Bools, Float32s, FloatArray, IntArray
from script_shared.errors import InputError
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.listed import PairLists, join_lists, of_candidate
from script_shared.recruiting.features.pairs import list_columns, of_rows, pair_features, row_features
from script_shared.recruiting.features.world import World
from script_shared.recruiting.model_params import RankerParams

Rows = tuple[FloatArray, IntArray, IntArray]  # features, labels, sizes of the lists


def case_features(world: World, case: Case) -> Float32s:
    """float32 (open, len(NAMES)) of one case.

    Args:
        world: with the activity until the day of the case.
        case: one candidate on one day.

    Returns:
        float32 (open vacancies, ``len(NAMES)``), nan where nothing is known.
    """
    return pair_features(world, np.full(len(case.open), case.candidate), case.open, case.day)


class CaseRows:
    """Training rows of the cases of a day: of each what was applied to, the nearest others and a draw of the rest."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._parts: list[tuple[PairLists, dict[str, FloatArray]]] = []
        self.labels: list[IntArray] = []

    def add(self, case: Case, negatives: int, draw: np.random.Generator) -> None:
        """Choose the rows of a case."""
        pairs = of_candidate(self._world, case.candidate, case.open, case.day)
        found = list_columns(self._world, pairs)
        kept = _keep_rows(found["learnt_max"], case.hits, negatives, draw)
        self._parts.append(of_rows(pairs, found, kept))
        self.labels.append(case.hits[kept].astype(int))

    def features(self) -> Float32s:
        """float32 (rows, len(NAMES)): of all rows, case by case."""
        if not self._parts:
            return np.zeros((0, len(NAMES)), np.float32)
        pairs, columns = zip(*self._parts, strict=True)
        found = {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}
        return row_features(self._world, join_lists(pairs), found)


def _keep_rows(near: FloatArray, hits: Bools, negatives: int, draw: np.random.Generator) -> IntArray:
    others = np.flatnonzero(~hits)
    if len(others) > negatives:
        order = others[np.argsort(-np.nan_to_num(near[others], nan=-1))]
        half = negatives // 2
        others = np.concatenate([order[:half], draw.choice(order[half:], negatives - half, replace=False)])
    return np.sort(np.concatenate([np.flatnonzero(hits), others]))


def fit_ranker(rows: Rows, params: RankerParams, **options: Any) -> Any:
    """A LightGBM booster; its trees may be XGBoost's.

    Raises:
        InputError: there are no lists.
    """
    import lightgbm

    features, labels, sizes = rows
    if not len(sizes):
        raise InputError("no candidate has applied twice, so there is no order to learn.", fix="Bring more days.")
    if params.kind == "xgboost":
        wanted = {
            "objective": "rank:ndcg",
            "lambdarank_pair_method": "topk",
            "learning_rate": params.learning_rate,
            "max_leaves": params.leaves,
            "min_child_weight": 0.1,  # of second derivatives, which are small in a ranking
            "colsample_bytree": params.features,
            "lambda": params.penalty,
            "seed": params.seed,
        }
        return fit_xgboost(features, labels, wanted, params.trees, NAMES, sizes)
    settings = {
        "objective": "lambdarank",
        "learning_rate": params.learning_rate,
        "num_leaves": params.leaves,
        "min_data_in_leaf": params.min_leaf,
        "feature_fraction": params.features,
        "lambda_l2": params.penalty,
        "lambdarank_truncation_level": 15,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": params.seed,
        "verbose": -1,
        **options,
    }
    data = lightgbm.Dataset(features, labels, group=sizes, feature_name=list(NAMES))
    return lightgbm.train(settings, data, params.trees)
