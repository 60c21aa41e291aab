"""Vectors in Qdrant: the interface of an index over a collection."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.recruiting.index.base import Entry, Neighbour, Where, no_entry, require_version, require_width

Body = Mapping[str, Any]
NAME, ENCODER = "_id", "_encoder"  # of an entry, in the payload
BATCH = 500  # points in one request


class Collection(Protocol):
    """What is asked of a Qdrant collection; bodies are those of its HTTP interface."""

    def upsert(self, points: Sequence[Body]) -> None:
        """Write points with id, vector and payload."""

    def delete(self, ids: Sequence[str]) -> None:
        """Delete points by id."""

    def retrieve(self, ids: Sequence[str]) -> list[tuple[str, list[float]]]:
        """(id, vector) of the points that there are."""

    def query(
        self, vector: Sequence[float], limit: int, must: Sequence[tuple[str, Sequence[str]]]
    ) -> list[tuple[Body, float]]:
        """(payload, score) of the nearest, nearest first; each name needs one of its values."""

    def count(self, must: Sequence[tuple[str, Sequence[str]]]) -> int:
        """Points that fit."""


class QdrantIndex:
    """The interface of ``VectorIndex`` over a collection.

    Args:
        collection: empty, or that of an index.
        finish: called when a new index has all its vectors.
    """

    def __init__(
        self, collection: Collection, width: int, encoder: str, finish: Callable[[], None] = lambda: None
    ) -> None:
        self.encoder, self.width, self.version = encoder, width, 0
        self._collection, self.finish = collection, finish
        whole, own = collection.count(()), collection.count(((ENCODER, (encoder,)),))
        if own < whole:
            require_version("another one", encoder)

    def upsert(self, entries: Sequence[Entry], encoder: str) -> None:
        """Add entries, or replace those of the same id."""
        require_version(self.encoder, encoder)
        for entry in entries:
            require_width(self.width, len(entry.vector))
        points = [
            {
                "id": point_id(each.id),
                "vector": np.asarray(each.vector, float).tolist(),
                "payload": {**{name: list(v) for name, v in each.tags.items()}, NAME: each.id, ENCODER: encoder},
            }
            for each in entries
        ]
        for start in range(0, len(points), BATCH):
            self._collection.upsert(points[start : start + BATCH])
        self.version += 1

    def delete(self, ids: Sequence[str]) -> int:
        """Remove entries; how many there were."""
        found = [name for name, _ in self._collection.retrieve([point_id(each) for each in ids])]
        if found:
            self._collection.delete(found)
            self.version += 1
        return len(found)

    def query(
        self, target: FloatArray | str, k: int, where: Where | None = None, encoder: str | None = None
    ) -> list[Neighbour]:
        """The k nearest entries, nearest first; see ``VectorIndex``."""
        own = None
        if isinstance(target, str):
            stored = self._collection.retrieve([point_id(target)])
            if not stored:
                raise no_entry()
            own, vector = target, stored[0][1]
        else:
            require_version(self.encoder, encoder)
            require_width(self.width, len(target))
            vector = np.asarray(target, float).tolist()
        found = self._collection.query(vector, k + (own is not None), _must(where))
        return [Neighbour(payload[NAME], score) for payload, score in found if payload[NAME] != own][:k]

    def count(self, where: Where | None = None) -> int:
        """Entries, or those that fit."""
        return self._collection.count(_must(where))


def point_id(name: str) -> str:
    """The UUID of an id: Qdrant takes no other texts."""
    return str(uuid5(NAMESPACE_URL, name))


def _must(where: Where | None) -> list[tuple[str, Sequence[str]]]:
    return [(name, list(values)) for name, values in (where or {}).items()]
