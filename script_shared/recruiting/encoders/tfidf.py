"""TF-IDF of words or of letter runs: fitted with scikit-learn, applied with numpy and scipy alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Float32s, FloatArray, Strings, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.texts import pieces, words

Kind = Literal["word", "char"]
SHORT = 80  # characters of a text that is likely to come again


def _letter_runs(text: str) -> list[str]:
    return [piece for word in words(text) for piece in pieces(word)]


ANALYZERS: dict[str, Callable[[str], list[str]]] = {"word": words, "char": _letter_runs}


@dataclass(frozen=True)
class Tfidf:
    """A vocabulary and the weight of its terms.

    Attributes:
        kind: what a term is.
        terms: of the vocabulary, sorted.
        idf: float32 (terms).
    """

    kind: Kind
    terms: Strings
    idf: Float32s
    places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {term: place for place, term in enumerate(self.terms.tolist())})

    @classmethod
    def fit(cls, texts: Sequence[str], kind: Kind, max_terms: int, least: int = 2) -> "Tfidf":
        """Learn vocabulary and weights.

        Args:
            texts: to learn from.
            max_terms: the most frequent ones are kept.
            least: texts that a term must be in.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        found = TfidfVectorizer(
            analyzer=ANALYZERS[kind], max_features=max_terms, min_df=min(least, max(len(texts), 1)), dtype=np.float32
        )
        if not any(ANALYZERS[kind](text) for text in texts):
            return cls(kind, Strings.of([]), np.zeros(0, np.float32))
        found.fit(texts)
        return cls(kind, Strings.of(found.get_feature_names_out().tolist()), found.idf_.astype(np.float32))

    def transform(self, texts: Iterable[str]) -> csr_array:
        """float32 (texts, terms): sublinear TF-IDF, rows of length 1, or empty without words of the vocabulary."""
        return self.weigh(self.counts(texts))

    def counts(self, texts: Iterable[str]) -> csr_array:
        """float32 (texts, terms): how often each term is in each text."""
        analyze, places = ANALYZERS[self.kind], self.places
        columns: list[int] = []
        offsets, short = [0], dict[str, list[int]]()  # many records have the same title or level
        for text in texts:
            own = short.get(text)
            if own is None:
                own = [place for place in map(places.get, analyze(text)) if place is not None]
                if len(text) <= SHORT:
                    short[text] = own
            columns += own
            offsets.append(len(columns))
        shape = (len(offsets) - 1, len(self.idf))
        counts = csr_array((np.ones(len(columns), np.float32), columns, offsets), shape=shape)
        counts.sum_duplicates()
        return counts

    def weigh(self, counts: csr_array) -> csr_array:
        """float32 (texts, terms): sublinear TF-IDF of counts."""
        weights = (1.0 + np.log(counts.data)) * self.idf[counts.indices]
        return unit_rows(csr_array((weights, counts.indices, counts.indptr), shape=counts.shape))

    def save(self, folder: Path, name: str) -> None:
        """Write it below the folder."""
        self.terms.save(folder, f"{name}.terms")
        save_arrays(folder, {f"{name}.idf": self.idf})

    @classmethod
    def load(cls, folder: Path, name: str, kind: Kind) -> "Tfidf":
        """Read it.

        Raises:
            ReleaseCorruptError: a file is missing, or the arrays do not fit together.
        """
        terms, idf = (Strings.load(folder, f"{name}.terms"), load_array(folder, f"{name}.idf"))
        if len(terms) != len(idf):
            raise ReleaseCorruptError(f"{folder}: terms and weights differ in number.", fix="Train it again.")
        return cls(kind, terms, idf)


def unit_rows(matrix: csr_array) -> csr_array:
    """Rows scaled to length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.repeat(1.0 / np.where(lengths > 0, lengths, 1.0), np.diff(matrix.indptr))
    return csr_array((matrix.data * scale.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def unit(matrix: FloatArray) -> Float32s:
    """float32: dense rows scaled to length 1; rows of zeros stay zeros.

    Args:
        matrix: float (n, width), dense.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    scaled: FloatArray = (matrix / np.where(lengths > 0, lengths, 1.0)[:, None]).astype(np.float32)
    return scaled
