"""Draws the last places of a list by chance, so that the probability of each place is known exactly.

The order of a list gives each of its last articles, and a few that follow, a weight by rank. The places are drawn one
after the other by these weights, without replacement: a Plackett-Luce model. A share of the lists is drawn, the others
keep their order. The outcome depends only on the seed, so it can be computed again later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import shake_256
from math import exp, log
from typing import TypeVar

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.errors import InputError
from script_shared.exploration.randomization import MOST, Randomization

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Draw:
    """The outcome of one draw.

    Attributes:
        how: the settings.
        ranks: by drawn place, the rank (from 0) of its article among the candidates.
        others: ids of the candidates that got no place, by rank.
    """

    how: Randomization
    ranks: tuple[int, ...]
    others: Sequence[str]

    @property
    def size(self) -> int:
        """Number of candidates."""
        return len(self.ranks) + len(self.others)

    def candidates(self, pages: Sequence[str]) -> list[str]:
        """The candidates by rank.

        Args:
            pages: ids of the list as it was served.

        >>> Draw(Randomization(1.0, 2, 1, 2.0), (2, 0), ["b"]).candidates(["x", "c", "a"])
        ['a', 'b', 'c']
        """
        drawn = dict(zip(self.ranks, pages[len(pages) - len(self.ranks) :], strict=True))
        others = iter(self.others)
        return [drawn[rank] if rank in drawn else next(others) for rank in range(self.size)]

    def chances(self) -> FloatArray:
        """(candidates, drawn places): probability of each candidate, by rank, at each place; columns sum to 1."""
        return chances(self.how, self.size, len(self.ranks))

    def place_chances(self) -> FloatArray:
        """(drawn places,): probability that the place has the article that it has."""
        found: FloatArray = self.chances()[list(self.ranks), np.arange(len(self.ranks))]
        return found

    def chance(self) -> float:
        """Probability of the whole list."""
        return list_chance(self.how, self.size, self.ranks)

    def is_of(self, seed: bytes) -> bool:
        """Whether a seed gives this outcome.

        Args:
            seed: bytes of any length.
        """
        return drawn_ranks(self.how, self.size, len(self.ranks), seed) == self.ranks


def draw(how: Randomization, ordered: Sequence[str], n: int, seed: bytes) -> tuple[list[str], Draw]:
    """The list of the first ``n`` of an order, with its last places drawn.

    Args:
        how: the settings; ``ordered`` beyond ``n + how.extra`` is not used.
        ordered: article ids, best first.
        n: length of the list.
        seed: random bytes.

    Returns:
        The list and the outcome of the draw.
    """
    head = max(min(n, len(ordered)) - how.places, 0)
    pool = list(ordered[head : n + how.extra])
    ranks = drawn_ranks(how, len(pool), min(n, len(ordered)) - head, seed)
    got = set(ranks)
    others = [article for rank, article in enumerate(pool) if rank not in got]
    return [*ordered[:head], *(pool[rank] for rank in ranks)], Draw(how, ranks, others)


def drawn_ranks(how: Randomization, size: int, places: int, seed: bytes) -> tuple[int, ...]:
    """Ranks of the candidates that get the places, in the order of the places.

    A candidate of weight w waits a time drawn from Exp(w), and the first to arrive get the places. That is a draw
    without replacement in proportion to the weights (Efraimidis and Spirakis, Weighted random sampling with a
    reservoir, 2006; Yellott 1977).

    Args:
        size: number of candidates.
        places: how many of them get a place.
        seed: of the draw; the same seed gives the same ranks on every machine.
    """
    bits = shake_256(b"draw" + seed).digest(8 * (size + 1))
    first, *uniforms = ((int.from_bytes(bits[8 * at : 8 * at + 8], "big") + 0.5) / 2.0**64 for at in range(size + 1))
    if first >= how.share:
        return tuple(range(places))
    weights = _weights(size, how.temperature)
    arrivals = [-log(uniform) / weight for uniform, weight in zip(uniforms, weights, strict=True)]
    return tuple(sorted(range(size), key=arrivals.__getitem__)[:places])


def list_chance(how: Randomization, size: int, ranks: Sequence[int]) -> float:
    """Probability of a whole draw: the product of its choices, and the share of lists that keep their order.

    Source: Plackett, The analysis of permutations, 1975: P(r_1, ..., r_k) is the product of w(r_i) divided by the
    weights that are left at that choice.

    >>> round(list_chance(Randomization(0.5, 1, 1, 1.0), 2, [0]), 3)  # 0.5 + 0.5 / (1 + 1/e)
    0.866
    """
    weights = _weights(size, how.temperature)
    left, chance = sum(weights), 1.0
    for rank in ranks:
        chance *= weights[rank] / left
        left -= weights[rank]
    kept = list(ranks) == list(range(len(ranks)))
    return how.share * chance + (1.0 - how.share) * kept


@lru_cache(512)
def chances(how: Randomization, size: int, places: int) -> FloatArray:
    """(size, places): probability of each candidate, by rank, at each place; exact, read-only.

    Every set of candidates that may be placed before a place is summed up, so 2^size sums are needed.

    Args:
        size: number of candidates, at most ``MOST``.
        places: how many of them get a place.

    Raises:
        InputError: there are too many candidates.
    """
    if size > MOST:
        raise InputError(f"{size} candidates of a draw are too many.", fix=f"Draw from at most {MOST}.")
    weights = np.array(_weights(size, how.temperature))
    sets = np.arange(1 << size)
    has = (sets[:, None] >> np.arange(size) & 1).astype(bool)
    left, sizes = (~has) @ weights, has.sum(axis=1)
    reached, found = np.zeros(len(sets)), np.zeros((size, places))
    reached[0] = 1.0
    for place in range(places):
        now = sets[sizes == place]
        for item in range(size):
            of = now[~has[now, item]]
            chance = reached[of] * weights[item] / left[of]
            found[item, place] = chance.sum()
            reached[of | 1 << item] += chance
    found *= how.share
    found[np.arange(places), np.arange(places)] += 1.0 - how.share
    found.setflags(write=False)
    return found


def _weights(size: int, temperature: float) -> list[float]:
    """By rank."""
    return [exp(-rank / temperature) for rank in range(size)]
