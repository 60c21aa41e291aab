"""What all encoders have in common: documents of named fields become vectors of length 1."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from script_shared.arrays import Float32s

FIELDS = ("title", "skills", "description", "remarks", "place")  # of a document, in order
Document = Mapping[str, str]  # field to text; a field that is missing is empty


class Encoder(Protocol):
    """Documents to vectors. Applied with numpy and scipy alone; what was fitted is arrays and JSON."""

    @property
    def version(self) -> str:
        """Names the fitted state; vectors of another version cannot be compared with its own."""

    @property
    def width(self) -> int:
        """Numbers of a vector."""

    def encode(self, documents: Sequence[Document]) -> Float32s:
        """float32 (documents, width): rows of length 1, zeros for a document without a known word.

        Args:
            documents: texts by the name of their field.
        """

    def save(self, folder: Path) -> None:
        """Write it into the folder.

        Args:
            folder: made when missing.
        """


def whole_text(document: Document) -> str:
    """All fields of a document, one after the other.

    Args:
        document: texts by the name of their field; missing and empty fields are left out.

    >>> whole_text({"title": "Analista", "skills": "SAP"})
    'Analista SAP'
    """
    return " ".join(document[name] for name in FIELDS if document.get(name))
