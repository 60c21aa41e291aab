"""Vectors that a site sends with its articles: which articles are alike, in the site's own terms."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from script_shared.arrays import Float32s, FloatArray

MOST = 2048  # articles whose vectors are kept, those posted last


class OwnVectors:
    """One vector per article, of length 1; vectors are compared with those of the same name.

    The first vector of a name decides how many numbers it has. In the log's order that is the same for every process.
    """

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._vectors: dict[str, tuple[str, FloatArray]] = {}

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._vectors

    def __iter__(self) -> Any:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def size(self, name: str) -> int | None:
        """How many numbers a vector of this name has, None when there is none yet."""
        return self._sizes.get(name)

    def apply(self, article_id: str, vector: Sequence[float] | None, name: str) -> None:
        """Take over a vector, None to forget it; one of another size than the first of its name is left out."""
        self._vectors.pop(article_id, None)
        if vector is None or len(vector) != self._sizes.setdefault(name, len(vector)):
            return
        values = np.asarray(vector, np.float32)
        length = float(np.linalg.norm(values))
        if not np.isfinite(length) or length == 0.0:
            return
        self._vectors[article_id] = (name, values / np.float32(length))
        if len(self._vectors) > MOST:
            del self._vectors[next(iter(self._vectors))]

    def copy(self, other: "OwnVectors") -> None:
        """Copy the content of another one."""
        self._sizes, self._vectors = dict(other._sizes), dict(other._vectors)

    def likeness(self, article_ids: Sequence[str], read: Sequence[str]) -> Float32s:
        """float32 (articles): the greatest cosine of each article with any of those read, 0 for none."""
        found = np.zeros(len(article_ids), np.float32)
        for name in {self._vectors[article][0] for article in read if article in self._vectors}:
            places = [at for at, article in enumerate(article_ids) if self._name(article) == name]
            mine = [self._vectors[article][1] for article in dict.fromkeys(read) if self._name(article) == name]
            if places:
                others = np.stack([self._vectors[article_ids[at]][1] for at in places])
                found[places] = np.maximum(0.0, (others @ np.stack(mine).T).max(axis=1))
        return found

    def _name(self, article_id: str) -> str | None:
        known = self._vectors.get(article_id)
        return known[0] if known is not None else None
