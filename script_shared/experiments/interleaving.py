"""Team draft: merges the lists of two variants into one, and remembers which variant each article came from.

Source: Radlinski, Kurup, Joachims, "How does clickthrough data reflect retrieval quality?", CIKM 2008. In every round a
coin decides which variant picks first; each picks its best article that is not yet in the list. A click counts for the
variant that picked the article, so that without a difference each gets half of the clicks.
"""

from collections.abc import Hashable, Iterator, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def team_draft(first: Sequence[T], second: Sequence[T], n: int, draw: Random) -> tuple[list[T], bytes]:
    """The merged list, and for each place which list it came from: 0 or 1.

    Args:
        first, second: items, best first, each at most once.
        n: length of the merged list; shorter if both lists have fewer items.
        draw: decides who picks first in each round.

    Returns:
        the items, and for each the side that picked it: 0 or 1.

    >>> team_draft(["a", "b"], ["a", "c"], 2, Random(1))[0][0]
    'a'
    """
    chosen: list[T] = []
    owners = bytearray()
    seen: set[T] = set()
    picks = [_unseen_items(first, seen), _unseen_items(second, seen)]
    while len(chosen) < n:
        before = len(chosen)
        order = (0, 1) if draw.random() < 0.5 else (1, 0)
        for side in order:
            item = next(picks[side], None)
            if item is None or len(chosen) == n:
                continue
            seen.add(item)
            chosen.append(item)
            owners.append(side)
        if len(chosen) == before:
            break
    return chosen, bytes(owners)


def _unseen_items(items: Sequence[T], seen: set[T]) -> Iterator[T]:
    return (item for item in items if item not in seen)
