"""A CV's vacancy among the open ones: encoders as they are, with a learnt projection, and the ranker above them."""

import numpy as np

from pipelines.recruiting.evaluation.figures import CANDIDATE, Figure, figures, rank_values
from pipelines.recruiting.evaluation.orders import places
from pipelines.recruiting.training.cases import replay
from pipelines.recruiting.training.encoder_fit import encode_all
from pipelines.recruiting.training.records import Data
from pipelines.recruiting.training.step import model_params
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.tfidf import Tfidf
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking.boosted import scores_of
from tests.benchmarks.recruiting.encoded import learnt_sides, vectors_of
from tests.benchmarks.recruiting.next_vacancy import fitted

RESAMPLES = 1000


def cv_figures(data: Data, params: RecruitingParams, first: int, end: int) -> list[Figure]:
    """Cases: every application of a candidate with a CV to an open vacancy, whether there was an earlier one or not."""
    known = fitted(data, params, first)
    lsa, world = encode_all(data, known.spaces.encoder), known.world
    texts = {
        "lsa": (lsa.vacancies, lsa.candidates),
        "tfidf": _tfidf(data, first),
        **learnt_sides(data, lsa, first, params),
    }
    sentence = vectors_of(data, Sentence())
    texts["sentence"] = (sentence.vacancies, sentence.candidates)
    texts |= {f"sentence_{name}": sides for name, sides in learnt_sides(data, sentence, first, params).items()}
    values: dict[str, dict[str, list[float]]] = {}
    for today in replay(data, world, first, end, model_params(params).openness):
        for place in today.places.tolist():
            candidate, vacancy = int(data.candidate[place]), int(data.vacancy[place])
            before = [entry[0] for entry in world.activity.of_candidate.get(candidate, ())]
            open_ = today.open[~np.isin(today.open, before)]
            if not lsa.candidates[candidate].any() or vacancy not in open_:
                continue
            features = pair_features(world, np.full(len(open_), candidate), open_, today.day)
            scores = {CANDIDATE: scores_of(known.ranker, features)}
            scores |= {model: _alike(sides, candidate, open_) for model, sides in texts.items()}
            for model, score in scores.items():
                for metric, each in rank_values(places(score, open_ == vacancy)).items():
                    values.setdefault(model, {}).setdefault(metric, []).extend(each.tolist())
    return figures(values, RESAMPLES, params.ranker.seed)[0]


def _tfidf(data: Data, first: int) -> tuple[FloatArray, FloatArray]:
    seen = [" ".join(each.document.values()) for each in data.vacancies if each.asked_on < first]
    model = Tfidf.fit(seen, "word", 60_000)
    sides = [
        model.transform([" ".join(each.document.values()) for each in side])
        for side in (data.vacancies, data.candidates)
    ]
    return sides[0], sides[1]


def _alike(sides: tuple[FloatArray, FloatArray], candidate: int, open_: IntArray) -> FloatArray:
    vacancies, candidates = sides
    found = vacancies[open_] @ candidates[[candidate]].T
    dense = found.toarray() if hasattr(found, "toarray") else found
    return np.asarray(dense).ravel()
