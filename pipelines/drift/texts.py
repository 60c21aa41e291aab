"""The shift of a column of texts: which terms moved, by TF-IDF weight, and how far all terms moved together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.drift import measures
from pipelines.drift.columns import missing_share, shift_of_shares
from pipelines.drift.sentences import sentence_of_terms
from pipelines.drift.shift import Shift, Term, level_of
from pipelines.drift.windows import others, usual_index
from script_shared.algorithms.words import words
from script_shared.arrays import IntArray

MOST_TEXTS = 5_000  # of each side, drawn by seed: enough to measure shares to a hundredth
VOCABULARY = 1_000  # terms that most texts contain
LEAST_TEXTS = 5  # that contain a term
SHOWN = 12
SPLITS = 10  # random halves, if there are no windows


def text_shift(
    name: str, before: pl.DataFrame, now: pl.DataFrame, *, used: bool, windows: Sequence[pl.DataFrame] = ()
) -> Shift:
    """Compare a column of texts, in Portuguese or English; ``windows`` as in ``compare``."""
    sides = [_texts(table, name) for table in (before, now)]
    missing = missing_share(before, name), missing_share(now, name)
    if not sides[0] or not sides[1]:
        return _without_terms(name, missing, used=used)
    terms, (old, new) = _weights(sides)
    counts = [_counts(weights) for weights in (old, new)]
    index = terms_index(counts[0], counts[1])
    filled = [found for each in windows if (found := _texts(each, name))]
    usual = _usual(old, new, [_counts_of(each, terms) for each in filled])
    moved = _rank_terms(terms, old, new)
    return shift_of_shares(
        name,
        "text",
        counts,
        missing,
        index=index,
        usual=usual,
        used=used,
        new=(),
        sentence=sentence_of_terms(name, moved, missing),
        terms=tuple(moved[:SHOWN]),
    )


def tokens(text: str) -> list[str]:
    """The words of a text in lower case without accents, without Portuguese and English stop words."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return [word for word in words(text) if word not in ENGLISH_STOP_WORDS]


def terms_index(before: IntArray, now: IntArray) -> float:
    """Population stability index over the terms, by the number of texts that contain each, plus half a text.

    >>> terms_index(np.array([40, 40]), np.array([40, 40]))
    0.0
    """
    old, new = (before + 0.5) / (before + 0.5).sum(), (now + 0.5) / (now + 0.5).sum()
    return float(((new - old) * np.log(new / old)).sum())


def _texts(table: pl.DataFrame, name: str) -> list[str]:
    column = table[name].drop_nulls()
    column = column.filter(column != "")
    return column.sample(min(len(column), MOST_TEXTS), seed=7).to_list()


def _weights(sides: Sequence[Sequence[str]]) -> tuple[list[str], tuple[Any, Any]]:
    """The terms of both sides, and the TF-IDF weight of each in each text, two sparse matrices (texts, terms)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = min(LEAST_TEXTS, max(1, min(map(len, sides)) // 10))
    vectorizer = TfidfVectorizer(analyzer=tokens, min_df=least, max_features=VOCABULARY, dtype=np.float32)
    try:
        both = vectorizer.fit_transform([*sides[0], *sides[1]])
    except ValueError:  # no term is in enough texts
        return [], (np.zeros((len(sides[0]), 0)), np.zeros((len(sides[1]), 0)))
    terms = [str(term) for term in vectorizer.get_feature_names_out()]
    return terms, (both[: len(sides[0])], both[len(sides[0]) :])


def _counts(weights: Any) -> IntArray:
    """The number of texts that contain each term."""
    return np.asarray((weights > 0).sum(axis=0)).ravel().astype(np.int64)


def _counts_of(texts: Sequence[str], terms: Sequence[str]) -> IntArray:
    places = {term: place for place, term in enumerate(terms)}
    counts = np.zeros(len(terms), np.int64)
    for text in texts:
        for term in {*tokens(text)} & places.keys():
            counts[places[term]] += 1
    return counts


def _usual(old: Any, new: Any, windows: Sequence[IntArray]) -> float:
    """How far windows differ from each other; without windows, how far random parts of the new side's size do."""
    if len(windows) > 1:
        counts = np.stack(windows)
        return usual_index([terms_index(rest, each) for rest, each in zip(others(counts), counts, strict=True)])
    draw = np.random.default_rng(7)
    held = (old > 0).astype(np.int64)
    total = _counts(old)
    size = max(1, min(new.shape[0], old.shape[0] // 2))
    found = []
    for _ in range(SPLITS):
        rows = draw.choice(old.shape[0], size, replace=False)
        part = np.asarray(held[rows].sum(axis=0)).ravel()
        found.append(terms_index(total - part, part))
    return usual_index(found)


def _rank_terms(terms: Sequence[str], old: Any, new: Any) -> list[Term]:
    """All terms, those that moved most first."""
    before, now = _counts(old) / max(old.shape[0], 1), _counts(new) / max(new.shape[0], 1)
    order = np.argsort(-np.abs(now - before), kind="stable")[: 4 * SHOWN]
    found = []
    for place in order.tolist():
        values = [_column(weights, place) for weights in (old, new)]
        edges = np.unique(np.append(0.0, measures.edges_of(values[0][values[0] > 0])))
        counts = [measures.counts_of_numbers(each, edges) for each in values]
        found.append(
            Term(
                term=terms[place],
                index=round(measures.stability_index(*counts), 4),
                gap=round(measures.largest_gap(*values), 4),
                share_before=round(float(before[place]), 4),
                share=round(float(now[place]), 4),
            )
        )
    return sorted(found, key=lambda term: -term.index)


def _column(weights: Any, place: int) -> Any:
    return np.asarray(weights[:, place].todense()).ravel().astype(np.float64)


def _without_terms(name: str, missing: tuple[float, float], *, used: bool) -> Shift:
    """A side without any text: only the missing values differ."""
    level = level_of(abs(missing[1] - missing[0]) * 2, 0.0, abs(missing[1] - missing[0]))
    nan = float("nan")
    return Shift(name, "text", 0.0, nan, nan, *missing, level, used, (), sentence_of_terms(name, [], missing))
