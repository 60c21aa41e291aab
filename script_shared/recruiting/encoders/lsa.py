"""Latent semantic analysis: words of all fields and letter runs of the title, each through a truncated SVD."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, hstack

from script_shared.arrays import Float32s, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.base import FIELDS, Document
from script_shared.recruiting.encoders.tfidf import Tfidf, unit, unit_rows

FACTS = "lsa.json"
CHUNK = 4096  # documents encoded at once


@dataclass(frozen=True)
class Lsa:
    """The fitted encoder.

    Attributes:
        words: vocabulary of the words of all fields.
        letters: vocabulary of the letter runs of titles.
        weights: by field how much its words count.
        letter_weight: how much the letter runs count beside the words.
        components: float32 (words + letters, width) right singular vectors.
    """

    words: Tfidf
    letters: Tfidf
    weights: Mapping[str, float]
    letter_weight: float
    components: Float32s

    @classmethod
    def fit(
        cls,
        documents: Sequence[Document],
        *,
        width: int,
        max_terms: int,
        weights: Mapping[str, float],
        letter_weight: float,
        seed: int,
    ) -> "Lsa":
        """Learn vocabularies and components with scikit-learn.

        Args:
            documents: to learn from.
            width: numbers of a vector at most.
            max_terms: size of each vocabulary at most.
            weights: by field.
            letter_weight: of the letter runs of the title.
            seed: of the randomised SVD.
        """
        from sklearn.decomposition import TruncatedSVD

        texts = [" ".join(document.get(name, "") for name in FIELDS) for document in documents]
        words = Tfidf.fit(texts, "word", max_terms)
        letters = Tfidf.fit([document.get("title", "") for document in documents], "char", max_terms)
        blank = cls(words, letters, dict(weights), letter_weight, np.zeros((0, 0), np.float32))
        matrix = blank.sparse(documents)
        width = max(1, min(width, min(matrix.shape) - 1))
        model = TruncatedSVD(width, random_state=seed, n_iter=4).fit(matrix)
        return cls(words, letters, dict(weights), letter_weight, model.components_.T.astype(np.float32))

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return int(self.components.shape[1])

    @property
    def version(self) -> str:
        """Digest of the components."""
        return "lsa-" + blake2b(np.ascontiguousarray(self.components).tobytes(), digest_size=6).hexdigest()

    def sparse(self, documents: Sequence[Document]) -> csr_array:
        """float32 (documents, words + letters): weighted TF-IDF before the SVD, rows of length 1."""
        total = csr_array((len(documents), len(self.words.idf)), dtype=np.float32)
        for name, weight in self.weights.items():
            if weight > 0:
                total = total + self.words.transform([each.get(name, "") for each in documents]) * np.float32(weight)
        runs = self.letters.transform([each.get("title", "") for each in documents])
        both = hstack([unit_rows(csr_array(total)), runs * np.float32(self.letter_weight)], format="csr")
        return unit_rows(csr_array(both, dtype=np.float32))

    def encode(self, documents: Sequence[Document]) -> Float32s:
        """float32 (documents, width): rows of length 1.

        Args:
            documents: texts by the name of their field.
        """
        parts = [
            unit(self.sparse(documents[start : start + CHUNK]) @ self.components)
            for start in range(0, len(documents), CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.width), np.float32)

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.words.save(folder, "words")
        self.letters.save(folder, "letters")
        save_arrays(folder, {"components": self.components})
        facts = {"weights": dict(self.weights), "letter_weight": self.letter_weight}
        (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Lsa":
        """Read it; nothing is unpickled.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or the arrays do not fit together.
        """
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            weights = {str(name): float(weight) for name, weight in facts["weights"].items()}
            letter_weight = float(facts["letter_weight"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseCorruptError(f"{folder / FACTS}: not readable.", fix="Train it again.") from error
        words, letters = (Tfidf.load(folder, "words", "word"), Tfidf.load(folder, "letters", "char"))
        components = load_array(folder, "components")
        if components.ndim != 2 or len(components) != len(words.idf) + len(letters.idf):
            raise ReleaseCorruptError(f"{folder}: components do not fit the words.", fix="Train it again.")
        return cls(words, letters, weights, letter_weight, components)
