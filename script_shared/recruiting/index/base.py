"""What every vector index does, and what its entries and filters are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from script_shared.arrays import FloatArray
from script_shared.errors import RequestError

Tags = Mapping[str, Sequence[str]]  # such as {"state": ["SP"], "contract": ["CLT", "PJ"]}
Where = Mapping[str, Sequence[str]]  # each name needs one of these values


@dataclass(frozen=True)
class Entry:
    """One vector.

    Attributes:
        id: unique in the index.
        vector: (width) of length 1.
        tags: what filters look at.
    """

    id: str
    vector: FloatArray
    tags: Tags = field(default_factory=dict)


class Neighbour(NamedTuple):
    """An entry near a query.

    Attributes:
        id: of the entry.
        similarity: cosine, 1 for the same direction.
    """

    id: str
    similarity: float


class VectorIndex(Protocol):
    """Nearest entries by cosine. Safe to ask from many threads while one writes."""

    @property
    def encoder(self) -> str:
        """Version of the encoder that all vectors are of."""

    @property
    def version(self) -> int:
        """Grows with every change."""

    def upsert(self, entries: Sequence[Entry], encoder: str) -> None:
        """Add entries, or replace those of the same id.

        Args:
            entries: ids, vectors of length 1, and values to filter by.
            encoder: version of the encoder that made the vectors.

        Raises:
            RequestError: the vectors are of another encoder or width.
        """

    def delete(self, ids: Sequence[str]) -> int:
        """Remove entries; how many there were.

        Args:
            ids: unknown ones are ignored.
        """

    def query(
        self, target: FloatArray | str, k: int, where: Where | None = None, encoder: str | None = None
    ) -> list[Neighbour]:
        """The k nearest entries, nearest first.

        Args:
            target: a vector of length 1, or the id of an entry, which is left out of the answer.
            k: how many at most.
            where: only entries with one of the values of each name.
            encoder: version of the target's encoder, when it is a vector.

        Raises:
            RequestError: the vector is of another encoder or width, or there is no such id.
        """

    def count(self, where: Where | None = None) -> int:
        """Entries, or those that fit.

        Args:
            where: values that an entry must have, by name; None for all entries.
        """


class NewIndex(VectorIndex, Protocol):
    """An index that is not complete yet."""

    def finish(self) -> None:
        """Mark it complete: from now on others can open it."""


class IndexServer(Protocol):
    """Holds indexes by name, for all processes."""

    def make(self, name: str, width: int, encoder: str) -> NewIndex:
        """An empty index to fill and finish; an index of the same name is dropped.

        Args:
            name: as ``index_name`` gives it.
            width: numbers of a vector.
            encoder: name of the encoder.

        Raises:
            UnavailableError: the server does not answer; all methods raise it.
        """

    def open(self, name: str, width: int, encoder: str) -> VectorIndex | None:
        """A complete index, None if there is none.

        Args:
            name: as ``index_name`` gives it.
            width: numbers of a vector.
            encoder: name of the encoder.

        Raises:
            RequestError: its vectors are of another encoder or width.
        """

    def names(self) -> list[str]:
        """The names of all indexes, complete or not."""

    def drop(self, name: str) -> None:
        """Remove an index, if it exists.

        Args:
            name: as ``index_name`` gives it.
        """

    def close(self) -> None:
        """Close the connections."""


def require_version(own: str, given: str | None) -> None:
    """Refuse vectors of another encoder.

    Raises:
        RequestError: the versions differ.
    """
    if given != own:
        raise RequestError(
            f"the vectors are of the encoder {given!r}, the index is of {own!r}.",
            fix="Encode them again with the release's encoder, or build the index again.",
        )


def require_width(own: int, given: int) -> None:
    """Refuse vectors of another width.

    Raises:
        RequestError: the widths differ.
    """
    if given != own:
        raise RequestError(f"a vector has {given} numbers, the index has {own}.", fix="Encode it again.")


def no_entry() -> RequestError:
    """The error for an id that is not in the index; it does not repeat the id, which may be a person's."""
    return RequestError("the index has no entry of this id.", fix="Add it first.")
