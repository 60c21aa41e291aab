"""Recommends by taste, text and trend together: for users who log in."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.blas_threads import one_blas_thread
from script_shared.algorithms.content import Content, ContentWeights
from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Candidates
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import Bools, Float32s, FloatArray, IntArray, load_array, save_arrays
from script_shared.clock import HOUR_MS
from script_shared.news.params import LoggedParams, ModelParams
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.recommenders.base import Part, Scorer
from script_shared.news.recommenders.popular import count, popularity_part, weights_of
from script_shared.news.recommenders.rehearsal import Rehearsal

COLLABORATIVE = "popular with similar readers"
CONTENT = "like what you read"
VOCABULARY_TEXTS = 40_000  # newest articles the vocabulary is learned from; more hardly change it
REHEARSAL_ITERATIONS = 5  # of the factorisation that only chooses strengths
TEXTS_AT_ONCE = 20_000  # texts held in memory at a time
REMEMBERED_HALF_LIVES = 4  # reads older than that hardly count in a profile: their articles need no vector


@dataclass(frozen=True)
class Hybrid:
    """score = popularity + sum of strength x part (collaborative, content), each part standardised over the pool.

    Standardising makes weights comparable: cosines, factor products and log counts have sizes of their own, which also
    differ from user to user. A part without a signal for a user is all zeros and says nothing.
    """

    params: ModelParams
    als: Als
    content: Content
    popularity: Popularity
    strengths: tuple[float, float]

    source: ClassVar[str] = "hybrid"

    @classmethod
    def fit(cls, snapshot: Snapshot, members: Bools, params: ModelParams) -> "Hybrid":
        with (
            one_blas_thread(),
            ThreadPoolExecutor(1) as thread,
        ):  # the factorisation needs no interpreter, the text work little else
            als = thread.submit(_factorise, snapshot, members, params.logged)
            content = _with_needed(_vocabulary(snapshot, params.logged), snapshot, members, params)
            strengths = _rehearse(snapshot, members, params, content)
            fitted = cls(params, als.result(), content, count(snapshot, params.popularity), strengths)
        return fitted.as_of(snapshot, members)

    def renumber(self, users: Renumbering, articles: Renumbering) -> "Hybrid":
        return replace(self, als=self.als.renumber(users, articles), content=self.content.renumber(articles))

    def as_of(self, snapshot: Snapshot, members: Bools) -> "Hybrid":
        als = snapshot.fold(self.als, members)
        content = _with_needed(self.content, snapshot, members, self.params)
        return replace(self, als=als, content=content, popularity=count(snapshot, self.params.popularity))

    def save(self, folder: Path) -> None:
        self.als.save(folder / "als")
        self.content.save(folder / "content")
        self.popularity.save(folder / "popularity")
        save_arrays(folder, {"strengths": np.array(self.strengths)})

    @classmethod
    def load(cls, folder: Path, params: ModelParams) -> "Hybrid":
        own = params.logged
        popularity = Popularity.load(folder / "popularity", weights_of(params.popularity))
        content = Content.load(folder / "content", _content(own))
        collaborative, by_content = load_array(folder, "strengths").tolist()
        return cls(params, Als.load(folder / "als", _als(own)), content, popularity, (collaborative, by_content))

    def over(self, candidates: Candidates) -> Scorer:
        m = len(candidates)
        als, content = self.als.over(candidates), self.content.over(candidates)
        values, reasons = popularity_part(self.popularity, candidates)
        popular = standardise(values[None, :])
        collaborative, by_content = map(np.float32, self.strengths)

        def score(batch: Batch) -> list[Part]:
            return [
                Part(np.broadcast_to(popular, (len(batch), m)), reasons),
                Part(collaborative * standardise(als(batch)), [COLLABORATIVE] * m),
                Part(by_content * standardise(content(batch)), [CONTENT] * m),
            ]

        return score


def standardise(values: FloatArray) -> Float32s:
    """float32 (n, m): each row less its mean, by its standard deviation; a row without differences becomes zeros.

    >>> standardise(np.array([[1.0, 3.0], [5.0, 5.0]], np.float32)).tolist()
    [[-1.0, 1.0], [0.0, 0.0]]
    """
    if not values.shape[1]:
        return values
    centred = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", centred, centred) / values.shape[1])[:, None]
    if not (differs := spread[:, 0] > 1e-6).all():  # also of a row with a missing or infinite number
        centred[~differs], spread[~differs] = 0.0, 1.0
    centred /= spread
    return centred


def _factorise(snapshot: Snapshot, members: Bools, own: LoggedParams, iterations: int | None = None) -> Als:
    return snapshot.factorise(members, replace(_als(own), iterations=iterations or own.als.iterations))


def _rehearse(snapshot: Snapshot, members: Bools, params: ModelParams, content: Content) -> tuple[float, float]:
    """Strengths that served best in the last hours, by a shorter factorisation of what was known before them."""
    rehearsal = Rehearsal.of(snapshot, members, params)
    before = rehearsal.before
    als = _factorise(before, members, params.logged, REHEARSAL_ITERATIONS)
    trial = Hybrid(params, als, content, count(before, params.popularity), (1.0, 1.0))
    base, *parts = (part.values for part in trial.over(rehearsal.candidates)(rehearsal.batch))
    choices = [params.logged.collaborative_strengths, params.logged.content_strengths]
    collaborative, by_content = rehearsal.best(base, parts, choices)
    return collaborative, by_content


def _vocabulary(snapshot: Snapshot, own: LoggedParams) -> Content:
    """Vocabulary and idf of the newest articles published by the moment of the snapshot."""
    published = np.flatnonzero(snapshot.issued_ms <= snapshot.as_of_ms)
    newest = published[np.argsort(-snapshot.issued_ms[published], kind="stable")[:VOCABULARY_TEXTS]]
    texts = snapshot.texts(np.sort(newest), own.content.body_characters)
    return Content.fit(texts, snapshot.n_articles, _content(own))


def _with_needed(content: Content, snapshot: Snapshot, members: Bools, params: ModelParams) -> Content:
    """Vectors for all articles that a profile or a pool can ask for and that have none yet."""
    if not len(content.terms):
        return content
    half_life = params.logged.content.profile_half_life_hours
    begin_ms = snapshot.as_of_ms - REMEMBERED_HALF_LIVES * half_life * HOUR_MS
    needed = snapshot.issued_ms >= snapshot.as_of_ms - params.pool.max_age_hours * HOUR_MS
    needed[snapshot.articles_read(members, begin_ms)] = True
    rows = np.flatnonzero(needed & ~content.vectors.has_entries)
    return content.with_texts(rows, _texts(snapshot, rows, params.logged.content.body_characters))


def _texts(snapshot: Snapshot, rows: IntArray, characters: int) -> Iterable[str]:
    for start in range(0, len(rows), TEXTS_AT_ONCE):
        yield from snapshot.texts(rows[start : start + TEXTS_AT_ONCE], characters)


def _als(own: LoggedParams) -> AlsWeights:
    return AlsWeights(own.als.factors, own.als.regularization, own.als.iterations, own.als.alpha)


def _content(own: LoggedParams) -> ContentWeights:
    wanted = own.content
    return ContentWeights(wanted.max_terms, wanted.terms_per_article, wanted.profile_half_life_hours)
