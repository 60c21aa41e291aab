"""The vectors that similarities are made of: whole texts and titles, as encoded and by the learnt projection."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.base import Document, Encoder
from script_shared.recruiting.encoders.kinds import load_encoder
from script_shared.recruiting.encoders.projection import Projection

SPACES = ("text", "title", "learnt", "learnt_title")
Spaces = Mapping[str, FloatArray]  # space to float32 (n, width)
FACTS = "encoder.json"


@dataclass(frozen=True)
class TextSpaces:
    """An encoder and its learnt projections.

    Attributes:
        encoder: documents to vectors.
        projection: of vacancies.
        candidate_projection: of candidates; CVs use other words than vacancies do, so their mean is another one.
    """

    encoder: Encoder
    projection: Projection
    candidate_projection: Projection

    @property
    def version(self) -> str:
        """Names encoder and projection."""
        digest = blake2b(np.ascontiguousarray(self.projection.matrix).tobytes(), digest_size=4)
        return f"{self.encoder.version}-{digest.hexdigest()}"

    def vacancies(self, documents: Sequence[Document]) -> Spaces:
        """Vectors of vacancies in each space.

        Args:
            documents: texts of n vacancies by the name of their field.
        """
        return self._spaces(documents, self.projection)

    def candidates(self, documents: Sequence[Document]) -> Spaces:
        """Vectors of candidates in each space.

        Args:
            documents: texts of n candidates by the name of their field.
        """
        return self._spaces(documents, self.candidate_projection)

    def _spaces(self, documents: Sequence[Document], projection: Projection) -> Spaces:
        text = self.encoder.encode(documents)
        title = self.encoder.encode([{"title": each.get("title", "")} for each in documents])
        return self.project(text, title, projection)

    @staticmethod
    def project(text: FloatArray, title: FloatArray, projection: Projection) -> Spaces:
        """All spaces from encoded texts and titles.

        Args:
            text: float32 (n, width), of whole texts.
            title: float32 (n, width), of titles.
            projection: of the side that they are of.
        """
        learnt = {"learnt": projection.apply(text), "learnt_title": projection.apply(title)}
        return {"text": text, "title": title, **learnt}

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """
        self.encoder.save(folder)
        self.projection.save(folder / "vacancies")
        self.candidate_projection.save(folder / "candidates")
        facts = {"kind": self.encoder.version.partition("-")[0], "version": self.version}
        (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "TextSpaces":
        """Read it; nothing is unpickled.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing, or of another version.
        """
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            kind, version = str(facts["kind"]), facts["version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseCorruptError(f"{folder / FACTS}: not readable.", fix="Train it again.") from error
        projections = [Projection.load(folder / side) for side in ("vacancies", "candidates")]
        found = cls(load_encoder(kind, folder), *projections)
        if found.version != version:
            raise ReleaseCorruptError(f"{folder}: the encoder is not the one of {FACTS}.", fix="Train it again.")
        return found
