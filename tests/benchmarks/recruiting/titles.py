"""A title's own description among those of all vacancies of the test: BM25, TF-IDF, encoders, with a projection."""

import numpy as np

from pipelines.recruiting.evaluation.figures import Figure, figures, rank_values
from pipelines.recruiting.evaluation.orders import places
from pipelines.recruiting.training.encoder_fit import fit_encoder
from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray
from script_shared.recruiting.encoders.base import Encoder
from script_shared.recruiting.encoders.projection import Projection
from script_shared.recruiting.encoders.sentence import Sentence
from script_shared.recruiting.encoders.tfidf import Tfidf
from script_shared.recruiting.params import RecruitingParams
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.records import Vacancy

RESAMPLES = 1000


def title_figures(data: Data, params: RecruitingParams, first: int, end: int) -> list[Figure]:
    """Cases: vacancies of the test with a title and a description of their own; learnt from those before."""
    seen = [each for each in data.vacancies if each.asked_on < first and each.title and each.description]
    test = [each for each in data.vacancies if first <= each.asked_on < end and each.title and each.description]
    titles, texts = [each.title for each in test], [each.description for each in test]
    model = Tfidf.fit([f"{each.title} {each.description}" for each in seen], "word", 60_000)
    shelf = People.of(Vacancy, [Vacancy(str(row), title=text) for row, text in enumerate(texts)])
    scores = {
        "bm25": np.stack([shelf.bm25(title) for title in titles]),
        "tfidf": (model.transform(titles) @ model.transform(texts).T).toarray(),
    }
    for name, encoder in (("lsa", fit_encoder(data, params.encoder, first)), ("sentence", Sentence())):
        scores |= {f"{name}{kind}": found for kind, found in _encoded(encoder, seen, titles, texts, params).items()}
    own = np.eye(len(test), dtype=bool)
    place = {
        name: np.asarray([places(row, hit)[0] for row, hit in zip(found, own, strict=True)])
        for name, found in scores.items()
    }
    return figures({name: rank_values(each) for name, each in place.items()}, RESAMPLES, params.ranker.seed)[0]


def _encoded(
    encoder: Encoder, seen: list[Vacancy], titles: list[str], texts: list[str], params: RecruitingParams
) -> dict[str, FloatArray]:
    """Similarities as they come, and after a projection that has learnt from titles and descriptions of before."""
    first, second = (
        encoder.encode([{"title": title} for title in titles]),
        encoder.encode([{"description": text} for text in texts]),
    )
    left = encoder.encode([{"title": each.title} for each in seen])
    right = encoder.encode([{"description": each.description} for each in seen])
    means = left.mean(axis=0), right.mean(axis=0)
    wanted = params.encoder
    learnt = Projection.fit(
        left - means[0], right - means[1], np.ones(len(left)), width=wanted.learnt_width, shrink=wanted.shrink
    )
    return {"": first @ second.T, "_learnt": learnt.apply(first - means[0]) @ learnt.apply(second - means[1]).T}
