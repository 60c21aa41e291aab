"""Makes a small ranker: trees over the live features that like some articles better than others."""

from pathlib import Path

import lightgbm as lgb
import numpy as np

from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import Ranker


def make_ranker(folder: Path, seed: int = 5) -> Path:
    """Write a ranker fitted on drawn numbers into ``folder``, which is made; the folder."""
    draw = np.random.default_rng(seed)
    features = draw.normal(size=(800, len(FEATURES))).astype(np.float32)
    label = (features[:, :6].sum(axis=1) > 0).astype(np.int8)
    settings = {"objective": "binary", "num_leaves": 7, "verbose": -1, "num_threads": 1, "seed": seed}
    booster = lgb.train(settings, lgb.Dataset(features, label, feature_name=list(FEATURES)), 12)
    Ranker(booster, list(FEATURES)).save(folder)
    return folder
