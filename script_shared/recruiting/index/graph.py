"""The approximate index: a graph of near vectors (HNSW by usearch) beside the matrix, for very many vectors."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.index.exact import ExactIndex

GRAPH = "graph.usearch"
LINKS, BUILD, SEARCH = (16, 128, 128)  # links of a vector; vectors compared when it is added, and in a search
FEW = 20_000  # rows that a filter leaves, up to which all of them are compared
WIDER = 4  # times k that the graph is asked for, and again, until the filter leaves enough


class GraphIndex(ExactIndex):
    """As the exact index, but walks the graph unless a filter leaves few rows; answers may miss a neighbour."""

    def __init__(self, width: int, encoder: str, base: FloatArray | None = None) -> None:
        super().__init__(width, encoder, base)
        self._graph, self._graph_lock = _new_graph(width), Lock()

    def _on_add(self, vectors: Mapping[int, FloatArray]) -> None:
        if vectors:
            self._on_remove([row for row in vectors if row in self._graph])
            keys, matrix = np.fromiter(vectors, np.uint64, len(vectors)), np.stack(list(vectors.values()))
            with self._graph_lock:
                self._graph.add(keys, matrix.astype(np.float32), threads=1)

    def _on_remove(self, rows: Sequence[int]) -> None:
        if len(rows):
            with self._graph_lock:
                self._graph.remove(np.asarray(rows, np.uint64), threads=1)

    def _on_open(self) -> None:
        if len(self._base):
            self._graph.add(np.arange(len(self._base), dtype=np.uint64), np.asarray(self._base), threads=0)

    def _nearest(self, vector: FloatArray, k: int, rows: IntArray | None) -> list[tuple[int, float]]:
        if rows is not None and len(rows) <= FEW:
            return super()._nearest(vector, k, rows)
        allowed = None if rows is None else set(rows.tolist())
        size = len(self._graph)
        asked = min(size, max(k, 1))
        while asked:
            with self._graph_lock:
                found = self._graph.search(vector, asked)
            kept = [
                (int(key), 1.0 - float(distance))
                for key, distance in zip(found.keys, found.distances, strict=True)
                if self._alive[int(key)] and (allowed is None or int(key) in allowed)
            ]
            if len(kept) >= k or asked == size:
                return kept[:k]
            asked = min(size, asked * WIDER)
        return []

    def save(self, folder: Path) -> None:
        """Write it into the folder; the graph is saved when no row is dead, and else built again as it is opened."""
        super().save(folder)
        if len(self._rows) == self._length:
            self._graph.save(str(folder / GRAPH))

    @classmethod
    def load(cls, folder: Path) -> "GraphIndex":
        """Map it into memory; a saved graph is read, else it is built."""
        saved = folder / GRAPH
        index = super().load(folder) if not saved.is_file() else _SavedGraph.load(folder)
        assert isinstance(index, GraphIndex)
        return index


class _SavedGraph(GraphIndex):
    """A graph index whose graph is read from its file."""

    @classmethod
    def load(cls, folder: Path) -> "GraphIndex":
        index = super(GraphIndex, cls).load(folder)
        assert isinstance(index, GraphIndex)
        index._graph.load(str(folder / GRAPH))
        return index

    def _on_open(self) -> None:
        pass


def _new_graph(width: int) -> Any:
    from usearch.index import Index

    return Index(
        ndim=width, metric="cos", dtype="f16", connectivity=LINKS, expansion_add=BUILD, expansion_search=SEARCH
    )
