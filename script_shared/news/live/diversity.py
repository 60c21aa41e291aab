"""Keeps articles that tell the same story out of one list."""

from collections.abc import Callable, Sequence

from script_shared.arrays import FloatArray

LOOKED_AT = 3  # times the list's length: how far down the ranking a replacement is looked for


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
    looked_at = list(ranked[: LOOKED_AT * n])
    cosines = similarities(looked_at)
    chosen: list[int] = []
    for place in range(len(looked_at)):
        if len(chosen) < n and all(cosines[place, other] <= 1.0 - min_diversity + 1e-6 for other in chosen):
            chosen.append(place)
    others = [place for place in range(len(looked_at)) if place not in set(chosen)]
    return [looked_at[place] for place in (chosen + others)[:n]]
