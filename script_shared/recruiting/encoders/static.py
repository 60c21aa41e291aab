"""Static word vectors: a document is the weighted mean of its words' vectors, which were trained elsewhere.

Given as a folder with ``words.txt`` (one a line), ``vectors.npy`` (words x width) and, where there is one,
``weights.npy`` (words).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from script_shared.arrays import Float32s, Strings, load_array, save_arrays
from script_shared.errors import InputError, ReleaseCorruptError
from script_shared.recruiting.encoders.base import Document, whole_text
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.texts import words


@dataclass(frozen=True)
class Static:
    """Words and their vectors.

    Attributes:
        terms: the words, in the form of ``texts.words``.
        vectors: float32 (words, width), each already multiplied by the word's weight.
    """

    terms: Strings
    vectors: Float32s
    places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {term: place for place, term in enumerate(self.terms.tolist())})

    @classmethod
    def read(cls, folder: Path) -> "Static":
        """Read vectors that somebody else trained.

        Args:
            folder: with ``words.txt``, one word per line, and ``vectors.npy``, float (words, width).

        Raises:
            InputError: a file is missing, or they do not fit together.
        """
        try:
            terms = (folder / "words.txt").read_text(encoding="utf-8").splitlines()
            vectors = np.load(folder / "vectors.npy", allow_pickle=False)
            weights = folder / "weights.npy"
            scale = np.load(weights, allow_pickle=False) if weights.is_file() else np.ones(len(terms))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{folder}: no word vectors ({error}).", fix="See docs/recruiting.md, How it ranks."
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(terms) or len(scale) != len(terms):
            raise InputError(f"{folder}: words and vectors differ in number.", fix="Export them again.")
        normal = [(words(term) or [""])[0] for term in terms]
        kept = sorted({term: place for place, term in reversed(list(enumerate(normal))) if term}.items())
        rows = np.asarray([place for _, place in kept], np.int64)
        scaled = (vectors[rows] * scale[rows, None]).astype(np.float32)
        return cls(Strings.of([term for term, _ in kept]), scaled)

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return int(self.vectors.shape[1])

    @property
    def version(self) -> str:
        """Digest of the vectors."""
        return "static-" + blake2b(np.ascontiguousarray(self.vectors).tobytes(), digest_size=6).hexdigest()

    def encode(self, documents: Sequence[Document]) -> Float32s:
        """float32 (documents, width): rows of length 1, zeros for a document without a word that has a vector.

        Args:
            documents: texts by the name of their field.
        """
        found = [[self.places[word] for word in words(whole_text(each)) if word in self.places] for each in documents]
        offsets = np.cumsum([0, *map(len, found)])
        columns = [place for places in found for place in places]
        counts = csr_array((np.ones(len(columns), np.float32), columns, offsets), shape=(len(found), len(self.terms)))
        return unit(counts @ self.vectors)

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        self.terms.save(folder, "static.words")
        save_arrays(folder, {"static.vectors": self.vectors})

    @classmethod
    def load(cls, folder: Path) -> "Static":
        """Read it.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or they do not fit together.
        """
        terms, vectors = (Strings.load(folder, "static.words"), load_array(folder, "static.vectors"))
        if vectors.ndim != 2 or len(vectors) != len(terms):
            raise ReleaseCorruptError(f"{folder}: words and vectors differ in number.", fix="Train it again.")
        return cls(terms, vectors)
