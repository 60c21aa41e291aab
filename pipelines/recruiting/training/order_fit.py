"""Learns the order of a vacancy's applicants: each hired applicant against each other one of the same vacancy."""

import numpy as np

from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.ranking.applicant_order import ApplicantOrder, columns_of

FEWEST = 20  # vacancies with both outcomes that a fit needs
STRENGTH = 0.0005  # inverse of the L2 regularisation; chosen on the year before the test of the real files


def fit_order(features: FloatArray, vacancy: IntArray, came: Bools) -> ApplicantOrder | None:
    """Conditional logistic regression; every hire counts once, independent of the number of applicants.

    Args:
        features: float32 (n, features) of the match classifier.
        vacancy: (n) of each application.
        came: bool (n) hired.

    Returns:
        the order, None with too few vacancies to learn from.
    """
    from sklearn.linear_model import LogisticRegression

    columns = columns_of(features)
    center, scale = columns.mean(axis=0), columns.std(axis=0) + 1e-9
    columns = (columns - center) / scale
    gaps, weights, vacancies = [], [], 0
    for rows in _by_vacancy(vacancy):
        hits, others = rows[came[rows]], rows[~came[rows]]
        if len(hits) and len(others):
            vacancies += 1
            gaps += [columns[hit] - columns[others] for hit in hits.tolist()]
            weights += [np.full(len(others), 1 / (len(hits) * len(others)))] * len(hits)
    if vacancies < FEWEST:
        return None
    gap, weight = np.concatenate(gaps), np.concatenate(weights)
    model = LogisticRegression(C=STRENGTH, fit_intercept=False)
    labels = np.repeat([1, 0], len(gap))
    model.fit(np.concatenate([gap, -gap]), labels, sample_weight=np.concatenate([weight, weight]))
    return ApplicantOrder(center, scale, model.coef_[0])


def _by_vacancy(vacancy: IntArray) -> list[IntArray]:
    order = np.argsort(vacancy, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(vacancy[order])) + 1) if len(order) else []
