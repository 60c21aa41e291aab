"""Chooses an index by its size, and opens the one of a release."""

from pathlib import Path

from script_shared.recruiting.index.exact import ExactIndex
from script_shared.recruiting.index.graph import GRAPH, GraphIndex
from script_shared.recruiting.model_params import IndexParams


def new_index(params: IndexParams, width: int, encoder: str, size: int) -> ExactIndex:
    """An empty index for about ``size`` vectors.

    Args:
        params: ``kind`` of the index, and from which size on ``by_size`` makes a graph.
        width: numbers of a vector.
        encoder: name of the encoder; vectors of another one are refused.
        size: vectors that are expected; more may be added.
    """
    graph = params.kind == "usearch" or (params.kind == "by_size" and size >= params.graph_from)
    return (GraphIndex if graph else ExactIndex)(width, encoder)


def open_index(folder: Path) -> ExactIndex:
    """The index that a folder holds.

    Args:
        folder: where an index of either kind was saved.

    Raises:
        ReleaseCorruptError: it cannot be read.
    """
    return GraphIndex.load(folder) if (folder / GRAPH).is_file() else ExactIndex.load(folder)
