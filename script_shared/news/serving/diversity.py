"""Removes copies of one story from a list."""

from collections.abc import Callable, Sequence

import numpy as np

from script_shared.arrays import FloatArray

LOOKED_AT, MOST_MORE = 3, 50  # replacements are looked for so many lists down, but not beyond so many articles more


def depth(n: int) -> int:
    """How far down a ranking replacements for a list of ``n`` are looked for; comparing costs by the square of it."""
    return min(LOOKED_AT * n, n + MOST_MORE)


def spread(
    ranked: Sequence[str], n: int, min_diversity: float, similarities: Callable[[Sequence[str]], FloatArray]
) -> list[str]:
    """The first ``n`` of a ranking that keep a distance of at least ``min_diversity`` to all before them.

    The distance of two texts is 1 - cosine. Where too few keep it, the best of the others fill the list, so it is as
    long as it would be without.

    Args:
        ranked: article ids, best first.
        min_diversity: 0 changes nothing; about 0.3 leaves out copies and updates of one story; 1 wants no word shared.
        similarities: gives the cosines (m, m) of article ids.
    """
    if min_diversity <= 0 or n < 2:
        return list(ranked[:n])
    looked_at = list(ranked[: depth(n)])
    far = similarities(looked_at) <= 1.0 - min_diversity + 1e-6
    chosen: list[int] = []
    keeps = np.ones(len(looked_at), bool)  # its distance to all that were chosen
    for place in range(len(looked_at)):
        if len(chosen) < n and keeps[place]:
            chosen.append(place)
            keeps &= far[place]
    first = set(chosen)
    others = [place for place in range(len(looked_at)) if place not in first]
    return [looked_at[place] for place in (chosen + others)[:n]]
