"""Qdrant's engine in process, as a collection of its HTTP interface."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class EdgeCollection:
    """A shard of qdrant-edge-py."""

    def __init__(self, folder: Path, width: int) -> None:
        import qdrant_edge as qdrant

        folder.mkdir()
        config = qdrant.EdgeConfig(vectors=qdrant.EdgeVectorParams(size=width, distance=qdrant.Distance.Cosine))
        self._qdrant, self._shard = qdrant, qdrant.EdgeShard.create(str(folder), config)

    def upsert(self, points: Sequence[Mapping[str, Any]]) -> None:
        made = [self._qdrant.Point(each["id"], each["vector"], each["payload"]) for each in points]
        self._shard.update(self._qdrant.UpdateOperation.upsert_points(made))

    def delete(self, ids: Sequence[str]) -> None:
        self._shard.update(self._qdrant.UpdateOperation.delete_points(list(ids)))

    def retrieve(self, ids: Sequence[str]) -> list[tuple[str, list[float]]]:
        found = self._shard.retrieve(list(ids), with_payload=False, with_vector=True)
        return [(str(each.id), _plain(each.vector)) for each in found]

    def query(
        self, vector: Sequence[float], limit: int, must: Sequence[tuple[str, Sequence[str]]]
    ) -> list[tuple[Mapping[str, Any], float]]:
        nearest = self._qdrant.Query.Nearest(list(vector))
        request = self._qdrant.QueryRequest(limit=limit, query=nearest, filter=self._filter(must), with_payload=True)
        return [(each.payload, each.score) for each in self._shard.query(request)]

    def count(self, must: Sequence[tuple[str, Sequence[str]]]) -> int:
        return int(self._shard.count(self._qdrant.CountRequest(filter=self._filter(must))))

    def _filter(self, must: Sequence[tuple[str, Sequence[str]]]) -> Any:
        edge = self._qdrant
        return edge.Filter(must=[edge.FieldCondition(name, edge.MatchAny(list(values))) for name, values in must])


def _plain(vector: Any) -> list[float]:
    return list(next(iter(vector.values())) if isinstance(vector, dict) else vector)
