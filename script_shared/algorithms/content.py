"""Content: TF-IDF vectors of articles, and users as the mean of what they read.

Vectors keep only an article's strongest terms; the cosine of a user's profile with an article is the score.
Fitting needs scikit-learn; turning a text into a vector, profiles and scores need numpy and scipy alone, so that an
article that appears while serving gets its vector by the same code.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, vstack

from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.algorithms.sparse_rows import SparseRows
from script_shared.algorithms.words import part_of, parts, words
from script_shared.arrays import Float32s, FloatArray, IntArray, Strings, load_array, save_arrays
from script_shared.compiled.content_code import ProfileProducts

PROFILE_READS = 60  # newest reads of a user that make the profile
CHUNK = 4096  # texts turned into vectors at once


@dataclass(frozen=True)
class ContentWeights:
    """Sizes of vocabulary and vectors, and how fast a profile forgets."""

    max_terms: int
    terms_per_article: int
    profile_half_life_hours: float


@dataclass(frozen=True)
class Content:
    """A vocabulary, and the vectors of articles in it.

    Attributes:
        terms: of the vocabulary, sorted.
        idf: float32 (terms).
        vectors: one row per article, of length 1 or empty (no text, or not needed).
    """

    weights: ContentWeights
    terms: Strings
    idf: Float32s
    vectors: SparseRows

    @classmethod
    def fit(cls, texts: Iterable[str], n_articles: int, weights: ContentWeights) -> "Content":
        """Learn vocabulary and idf; texts without words add nothing, and without any text the vocabulary is empty.

        Args:
            texts: title, caption and the beginning of the body of each article to learn from.
            n_articles: rows of the catalog; none has a vector yet, see ``with_texts``.
            weights: sizes and weights.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(
            analyzer=words, max_features=weights.max_terms, sublinear_tf=True, dtype=np.float32
        )
        some = [text for text in texts if words(text[:200])]
        if not some:
            return cls(weights, Strings.of([]), np.zeros(0, np.float32), SparseRows.empty(n_articles, 0))
        vectorizer.fit(some)
        terms = vectorizer.get_feature_names_out().tolist()
        return cls(weights, Strings.of(terms), vectorizer.idf_, SparseRows.empty(n_articles, len(terms)))

    def with_texts(self, rows: IntArray, texts: Iterable[str]) -> "Content":
        """A copy with vectors of more articles: ``rows``, ascending, none of which had one.

        Args:
            rows: int (n), article rows.
            texts: one for each row.
        """
        return replace(self, vectors=self.vectors.with_rows(rows, self.transform(texts)))

    def transform(self, texts: Iterable[str]) -> csr_array:
        """float32 (texts, terms): sublinear TF-IDF, strongest terms only, rows of length 1 or empty.

        Args:
            texts: read ``CHUNK`` at a time, so they need not fit into memory.
        """
        terms = enumerate(map(part_of, self.terms.tolist()))
        place = {part: row for row, part in terms if part is not None}
        rest, vectors = iter(texts), [csr_array((0, len(self.terms)), dtype=np.float32)]
        while chunk := list(islice(rest, CHUNK)):
            vectors.append(self._vectors(_counts(chunk, place, len(self.terms))))
        return csr_array(vstack(vectors, format="csr"))

    def renumber(self, articles: Renumbering) -> "Content":
        """The same vectors under other row numbers.

        Args:
            articles: new rows of the articles.
        """
        return replace(self, vectors=self.vectors.renumber(articles))

    def profiles(self, histories: Histories) -> csr_array:
        """float32 (n, terms): of each user the mean of what was read, by engagement and recency, of length 1 or 0.

        A read that is one half-life older than the user's newest counts half.

        Args:
            histories: reads of n users; the newest ``PROFILE_READS`` of each count.
        """
        newest = histories.latest(PROFILE_READS)
        articles, column = np.unique(newest.article, return_inverse=True)
        shape = (len(newest), len(articles))
        reads = csr_array((self._read_weights(newest), column, newest.offsets), shape=shape)
        return _unit(csr_array(reads @ self.vectors.take(articles)))

    def _profile(self, histories: Histories) -> Float32s:
        """float32 (terms): the profile of a single user."""
        newest = histories.latest(PROFILE_READS)
        columns, values, offsets = self.vectors.entries(newest.article)
        weights = np.repeat(self._read_weights(newest), offsets[1:] - offsets[:-1])
        total = np.bincount(columns, values * weights, len(self.terms)).astype(np.float32)
        length = np.sqrt(total @ total)
        return total / length if length > 0 else total

    def over(self, candidates: Candidates) -> Callable[[Batch], FloatArray]:
        """Prepare the candidates once; the answer scores batches by cosine, 0..1: float32 (n, m).

        The faster way for single users is prepared at the second user: in a replay, most pools serve one request.

        Args:
            candidates: m articles.

        Returns:
            a function from a batch of n users to float32 (n, m).
        """
        articles, vectors = self.vectors.take(candidates.rows), self.vectors
        single: list[ProfileProducts | None] = []  # None for the first user

        def score(batch: Batch) -> FloatArray:
            if len(batch) == 1 and len(single) < 2:
                more = (
                    ProfileProducts.of(vectors.offsets, vectors.columns, vectors.values, articles) if single else None
                )
                single.append(more)
            if len(batch) == 1 and (code := single[-1]) is not None:
                newest = batch.histories.latest(PROFILE_READS)
                return code.cosines(newest.article, self._weights_of_one(newest))[None, :]
            if len(batch) == 1:  # one request: sparse products cost more than they save
                return (articles @ self._profile(batch.histories))[None, :]
            return (self.profiles(batch.histories) @ csr_array(articles.T)).toarray()

        return score

    def save(self, folder: Path) -> None:
        """Write it into a folder, which ``load`` reads; the weights are params and stored with them.

        Args:
            folder: made when missing.
        """
        self.terms.save(folder, "terms")
        self.vectors.save(folder, "vectors")
        save_arrays(folder, {"idf": self.idf})

    @classmethod
    def load(cls, folder: Path, weights: ContentWeights) -> "Content":
        """Map what ``save`` wrote into memory.

        Args:
            folder: where it was saved.
            weights: from the params that are stored beside it.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        terms = Strings.load(folder, "terms")
        return cls(weights, terms, load_array(folder, "idf"), SparseRows.load(folder, "vectors", len(terms)))

    def _vectors(self, counts: csr_array) -> csr_array:
        counts.data = (1.0 + np.log(counts.data)) * self.idf[counts.indices]
        return _unit(_strongest(counts, self.weights.terms_per_article))

    def _weights_of_one(self, histories: Histories) -> Float32s:
        """The same as ``_read_weights`` for a single user."""
        if not len(histories.article):
            return np.zeros(0, np.float32)
        hours = (histories.time_s[-1] - histories.time_s) / np.float32(3600)
        decay = np.exp2(-hours / np.float32(self.weights.profile_half_life_hours))
        return (histories.engagement * decay).astype(np.float32)

    def _read_weights(self, histories: Histories) -> FloatArray:
        if not len(histories.article):
            return np.zeros(0, np.float32)
        last = histories.time_s[np.maximum(histories.offsets[1:] - 1, 0)]
        hours = (np.repeat(last, histories.counts) - histories.time_s) / np.float32(3600)
        decay = np.exp2(-hours / np.float32(self.weights.profile_half_life_hours))
        return (histories.engagement * decay).astype(np.float32)


def _counts(texts: Sequence[str], place: dict[bytes, int], terms: int) -> csr_array:
    """float32 (texts, terms): how often each term occurs in each text."""
    sizes: list[int] = []

    def of_texts() -> Iterator[list[bytes]]:
        for text in texts:
            yield (some := parts(text))
            sizes.append(len(some))

    columns = np.fromiter(
        map(place.get, chain.from_iterable(of_texts()), repeat(-1)), np.int32
    )  # the loop runs outside Python
    known = columns >= 0
    offsets = np.concatenate([[0], np.cumsum(known)])[np.concatenate([[0], np.cumsum(sizes)])]
    ones = np.ones(offsets[-1], np.float32)
    counts = csr_array((ones, columns[known], offsets), shape=(len(texts), terms))
    counts.sum_duplicates()
    return counts


def _strongest(matrix: csr_array, count: int) -> csr_array:
    """The ``count`` largest entries of each row, with terms in ascending order; the earlier term wins ties."""
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.data, row))  # stable
    rank = np.arange(len(order)) - matrix.indptr[:-1][row]
    kept = np.sort(order[rank < count])
    offsets = np.searchsorted(kept, matrix.indptr)
    return csr_array((matrix.data[kept], matrix.indices[kept], offsets), shape=matrix.shape)


def _unit(matrix: csr_array) -> csr_array:
    """Rows scaled to length 1, in place; empty rows stay empty."""
    squares = np.add.reduceat(np.append(matrix.data**2, 0.0), matrix.indptr[:-1]) if matrix.shape[0] else np.zeros(0)
    lengths = np.where(np.diff(matrix.indptr) > 0, np.sqrt(squares), 1.0)
    lengths[lengths == 0] = 1.0
    matrix.data = (matrix.data / np.repeat(lengths, np.diff(matrix.indptr))).astype(np.float32)
    return matrix
