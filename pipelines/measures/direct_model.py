"""Predicts clicks on articles from features, for each user by a model that did not learn from that user."""

import numpy as np

from script_shared.arrays import FloatArray, IntArray

FOLDS, LEAST_CLICKS = 5, 20  # fewer clicks to learn from, and every article has the mean rate
TREES = 60
PARAMS = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "lambda_l2": 10.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def out_of_fold(
    features: FloatArray,
    clicks: FloatArray,
    users: IntArray,
    others: FloatArray,
    others_users: IntArray,
    *,
    seed: int = 7,
) -> tuple[FloatArray, FloatArray]:
    """Clicks that are expected on shown articles, and on articles of another policy's lists.

    Gradient boosted trees learn whether an article was clicked. Users are divided into folds; each fold is predicted by
    the trees of the other folds (cross-fitting: Chernozhukov et al., Double/debiased machine learning, 2018).

    Args:
        features: float (m, f), of the shown articles at the moment of their list.
        clicks: float (m), 0 or 1.
        users: int (m), the user of each.
        others: float (k, f), of the other policy's articles.
        others_users: int (k), the user of each.
        seed: of the division into folds.

    Returns:
        Float (m) and float (k), probabilities.
    """
    fold = _folds(np.concatenate([users, others_users]), seed)
    of, of_others = fold[: len(users)], fold[len(users) :]
    shown, wanted = np.zeros(len(users)), np.zeros(len(others_users))
    for number in range(FOLDS):
        learned, own, own_others = of != number, of == number, of_others == number
        shown[own], wanted[own_others] = _predict(
            features[learned], clicks[learned], (features[own], others[own_others])
        )
    return shown, wanted


def _predict(features: FloatArray, clicks: FloatArray, wanted: tuple[FloatArray, ...]) -> list[FloatArray]:
    import lightgbm

    if clicks.sum() < LEAST_CLICKS or (clicks > 0).all():
        rate = float(clicks.mean()) if len(clicks) else 0.0
        return [np.full(len(rows), rate) for rows in wanted]
    model = lightgbm.train(PARAMS, lightgbm.Dataset(features, clicks > 0), TREES)
    return [np.asarray(model.predict(rows)) if len(rows) else np.zeros(0) for rows in wanted]


def _folds(users: IntArray, seed: int) -> IntArray:
    """The fold of each row; the rows of a user are in one."""
    names, which = np.unique(users, return_inverse=True)
    found: IntArray = (np.random.default_rng(seed).permutation(len(names)) % FOLDS)[which]
    return found
