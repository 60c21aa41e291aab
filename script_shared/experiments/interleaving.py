"""Team draft: merges the lists of two variants into one, and remembers which variant each article came from.

Source: Radlinski, Kurup, Joachims, "How does clickthrough data reflect retrieval quality?", CIKM 2008. In every round a
coin decides which variant picks first; each picks its best article that is not yet in the list. A click counts for the
variant that picked the article, so that without a difference each gets half of the clicks.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
NOBODY = 255  # the owner of an item that neither side picked


def team_draft(
    first: Sequence[T], second: Sequence[T], n: int, draw: Random, fixed: Mapping[int, T] | None = None
) -> tuple[list[T], bytes]:
    """The merged list, and for each place which list it came from: 0 or 1.

    Args:
        first, second: items, best first, each at most once.
        n: length of the merged list; shorter if both lists have fewer items.
        draw: decides who picks first in each round.
        fixed: items that stay at their places, from 0; those beyond the end of the list come last.

    Returns:
        the items, and for each the side that picked it: 0 or 1, ``NOBODY`` for a fixed one.

    >>> team_draft(["a", "b"], ["a", "c"], 2, Random(1))[0][0]
    'a'
    >>> team_draft(["a", "b"], ["b", "a"], 2, Random(1), {1: "a"})[0]
    ['b', 'a']
    """
    held = {place: item for place, item in sorted((fixed or {}).items()) if place < n}
    seen = set(held.values())
    picks = [_unseen_items(first, seen), _unseen_items(second, seen)]
    free: list[tuple[T, int]] = []
    while len(free) < n - len(held):
        before = len(free)
        for side in (0, 1) if draw.random() < 0.5 else (1, 0):
            item = next(picks[side], None)
            if item is not None and len(free) < n - len(held):
                seen.add(item)
                free.append((item, side))
        if len(free) == before:
            break
    for place, item in held.items():
        free.insert(place, (item, NOBODY))
    return [item for item, _ in free], bytes(owner for _, owner in free)


def _unseen_items(items: Sequence[T], seen: set[T]) -> Iterator[T]:
    return (item for item in items if item not in seen)
