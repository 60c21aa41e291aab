"""The first classifier of this use case: TF-IDF of each text column, one-hot columns, XGBoost with scale_pos_weight.

It reads the texts and words of both records, but nothing about the past.
"""

from collections.abc import Callable

import numpy as np

from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, FloatArray, IntArray
from script_shared.recruiting.model_params import MatchParams
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.texts import words

TERMS = 300  # of each text column
TEXTS: dict[str, Callable[[Vacancy, Candidate], str]] = {
    "title": lambda vacancy, _: vacancy.title,
    "description": lambda vacancy, _: vacancy.description,
    "skills": lambda vacancy, _: vacancy.skills,
    "candidate's title": lambda _, candidate: candidate.title,
    "cv": lambda _, candidate: candidate.cv,
}
WORDS: tuple[Callable[[Vacancy, Candidate], str], ...] = (
    lambda vacancy, _: vacancy.level,
    lambda vacancy, _: vacancy.academic,
    lambda vacancy, _: vacancy.english,
    lambda vacancy, _: vacancy.spanish,
    lambda vacancy, _: vacancy.state,
    lambda vacancy, _: " ".join(vacancy.contract_types),
    lambda vacancy, _: " ".join(vacancy.areas),
    lambda _, candidate: candidate.level,
    lambda _, candidate: candidate.english,
)


def seed_scores(data: Data, at: IntArray, learnt: Bools, test: Bools, came: Bools, params: MatchParams) -> FloatArray:
    """Chances of the applications of the test; not calibrated, because hires weigh more in the fit.

    Args:
        at: places of the applications; learnt, test: bool, which of them; came: bool, hired as known before the test.
    """
    import xgboost
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import OneHotEncoder

    pairs = [
        (data.vacancies[vacancy], data.candidates[candidate])
        for vacancy, candidate in zip(data.vacancy[at].tolist(), data.candidate[at].tolist(), strict=True)
    ]
    parts = []
    for text in TEXTS.values():
        texts = np.asarray([text(*pair) for pair in pairs], object)
        if any(texts[learnt]):
            model = TfidfVectorizer(analyzer=words, max_features=TERMS, dtype=np.float32).fit(texts[learnt])
            parts.append(model.transform(texts))
    table = np.asarray([[each(*pair) for each in WORDS] for pair in pairs], object)
    parts.append(OneHotEncoder(handle_unknown="ignore", dtype=np.float32).fit(table[learnt]).transform(table))
    matrix = hstack(parts, format="csr")
    settings = {
        "objective": "binary:logistic",
        "scale_pos_weight": float((~came[learnt]).sum() / max(came[learnt].sum(), 1)),
        "learning_rate": 0.1,
        "max_depth": 6,
        "tree_method": "hist",
        "nthread": 1,
        "seed": params.seed,
    }
    trees = xgboost.train(settings, xgboost.DMatrix(matrix[learnt], came[learnt]), params.trees)
    found: FloatArray = trees.predict(xgboost.DMatrix(matrix[test]))
    return found
