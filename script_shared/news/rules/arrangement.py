"""Fills the places of a list: pins at their places, quotas held, pairs kept apart, otherwise the order as it was.

A place gets the best article after which the rest can still be filled. Articles to which the same rules apply can
replace each other, so the search tries one of each such class per place, and remembers dead ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from script_shared.news.rules.conflicts import least_articles, most_articles
from script_shared.news.rules.rule_set import Pairs, Quota

STEPS, STEPS_PER_PLACE = 200, 10  # of one search; then weaker demands are tried
Bits = Callable[[str], int]


class Demand(NamedTuple):
    """What the places must fulfil.

    Attributes:
        least, most: by bit the number of articles.
        pairs: what must not be beside each other.
        bits: all bits that matter.
    """

    least: Mapping[int, int]
    most: Mapping[int, int]
    pairs: Pairs
    bits: int = 0

    @classmethod
    def of(cls, quotas: Iterable[Quota], pairs: Pairs, n: int) -> "Demand":
        """The demands on a list of ``n``."""
        found = list(quotas)
        least = {quota.bit: least_articles(quota.least, n) for quota in found if quota.least > 0}
        most = {quota.bit: most_articles(quota.most, n) for quota in found if quota.most < 1}
        return cls(least, most, pairs, sum({*least, *most}) | pairs.bits)

    @property
    def weaker(self) -> Iterator["Demand"]:
        """This, and weaker demands for lists that cannot fulfil it: pairs are given up last."""
        yield self
        yield self._replace(least={})
        yield self._replace(least={}, most={})

    def is_fulfilled(self, bits: Sequence[int], left: int = 0) -> bool:
        """Whether a list of articles with these bits fulfils it; ``left`` are those of the article before it."""
        return (
            all(sum(each & bit > 0 for each in bits) >= count for bit, count in self.least.items())
            and all(sum(each & bit > 0 for each in bits) <= count for bit, count in self.most.items())
            and not any(self.pairs.beside(one) & other for one, other in zip([left, *bits], bits, strict=False))
        )


class Stock:
    """The articles that places may get, by the bits of the rules that apply to them, best first.

    Args:
        most: articles of one class that are kept.
        bits: of an article.
    """

    def __init__(self, most: int, bits: Bits) -> None:
        self._most, self._bits = most, bits
        self._seen: set[str] = set()
        self.classes: dict[int, list[tuple[int, str]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self.classes.values()))

    def add(self, article_ids: Iterable[str], may: Callable[[str], bool]) -> None:
        """Add articles that may be shown; those that no place can need are not looked at."""
        for article in article_ids:
            if article in self._seen:
                continue
            self._seen.add(article)
            found = self.classes.setdefault(self._bits(article), [])
            if len(found) < self._most and may(article):
                found.append((len(self._seen), article))


def fill(
    stock: Stock, pins: Mapping[int, tuple[str, int]], n: int, demand: Demand, left: int = 0, *, search: bool = True
) -> list[str]:
    """The list: ``n`` articles, fewer only if there are fewer; demands that cannot be fulfilled are given up.

    Args:
        stock: articles, none of them pinned.
        pins: by place, from 0, the article there and its bits.
        left: bits of the article before the list, on the page before.
        search: whether another order is searched when the plain one does not fulfil the demand.
    """
    size = min(n, len(stock) + len(pins))
    pins = _moved_up(pins, size)
    plain, bits = _in_order(stock, pins, size)
    if not search or demand.is_fulfilled(bits, left):
        return plain
    for each in demand.weaker:
        if (found := _Search(stock, pins, size, each).run(left)) is not None:
            return found
    return plain


def _in_order(stock: Stock, pins: Mapping[int, tuple[str, int]], size: int) -> tuple[list[str], list[int]]:
    """The best articles in the places without a pin, and the bits of each article."""
    ranked = sorted((rank, article, bits) for bits, entries in stock.classes.items() for rank, article in entries)
    order = iter(ranked)
    found, all_bits = [], []
    for place in range(size):
        article, bits = pins[place] if place in pins else next(order)[1:]
        found.append(article)
        all_bits.append(bits)
    return found, all_bits


def _moved_up(pins: Mapping[int, tuple[str, int]], size: int) -> dict[int, tuple[str, int]]:
    """Pins of a list that is too short for their places are at its end."""
    late = [place for place in sorted(pins) if place >= size]
    free = [place for place in range(size - 1, -1, -1) if place not in pins][: len(late)]
    moved = {place: pins[old] for place, old in zip(sorted(free), late, strict=False)}
    return {place: pin for place, pin in pins.items() if place < size} | moved


class _Search:
    def __init__(self, stock: Stock, pins: Mapping[int, tuple[str, int]], size: int, demand: Demand) -> None:
        self._classes = {bits: entries for bits, entries in stock.classes.items() if entries}
        self._pins, self._size, self._demand = pins, size, demand
        self._used = dict.fromkeys(self._classes, 0)
        pinned = [bits for _, bits in pins.values()]
        self._counts = {bit: sum(bits & bit > 0 for bits in pinned) for bit in {**demand.least, **demand.most}}
        self._least = {bit: min(count, self._available(bit)) for bit, count in demand.least.items()}
        self._chosen: list[str] = []
        self._dead: set[tuple[int, int, tuple[int, ...]]] = set()
        self._steps = STEPS + STEPS_PER_PLACE * size

    def _available(self, bit: int) -> int:
        return self._counts[bit] + sum(len(entries) for bits, entries in self._classes.items() if bits & bit)

    def run(self, left: int) -> list[str] | None:
        """The list after an article with the bits ``left``; None if the demands cannot be fulfilled."""
        free = self._size - len(self._pins)
        return self._chosen if self._can_fulfil(free) and self._place(0, left, free) else None

    def _place(self, place: int, left: int, free: int) -> bool:
        """Fill the places from one on; ``left`` are the bits before it, ``free`` the places without a pin."""
        if place == self._size:
            return True
        if (pin := self._pins.get(place)) is not None:
            self._chosen.append(pin[0])
            if self._place(place + 1, pin[1], free):
                return True
            self._chosen.pop()
            return False
        state = (place, left, tuple(self._used.values()))
        if state in self._dead or self._steps <= 0:
            return False
        self._steps -= 1
        if any(self._try(bits, place, free) for bits in self._options(place, left)):
            return True
        self._dead.add(state)
        return False

    def _options(self, place: int, left: int) -> list[int]:
        """The classes that may have this place, the one with the best article first."""
        pinned = self._pins.get(place + 1)
        bad = self._demand.pairs.beside(left) | (self._demand.pairs.beside(pinned[1]) if pinned else 0)
        full = [bit for bit, most in self._demand.most.items() if self._counts[bit] >= most]
        some = [
            (entries[self._used[bits]], bits)
            for bits, entries in self._classes.items()
            if self._used[bits] < len(entries) and not bits & bad and not any(bits & bit for bit in full)
        ]
        return [bits for _, bits in sorted(some)]

    def _try(self, bits: int, place: int, free: int) -> bool:
        counted = [bit for bit in self._counts if bits & bit]
        for bit in counted:
            self._counts[bit] += 1
        if self._can_fulfil(free - 1):
            self._chosen.append(self._classes[bits][self._used[bits]][1])
            self._used[bits] += 1
            if self._place(place + 1, bits, free - 1):
                return True
            self._used[bits] -= 1
            self._chosen.pop()
        for bit in counted:
            self._counts[bit] -= 1
        return False

    def _can_fulfil(self, free: int) -> bool:
        """Whether so many places can hold what is still wanted; what is wanted beyond the stock is given up."""
        lacking = {bit: least - self._counts[bit] for bit, least in self._least.items() if least > self._counts[bit]}
        if not lacking:
            return True
        together = max(sum(bits & bit > 0 for bit in lacking) for bits in self._classes) if self._classes else 1
        return max(lacking.values()) <= free and sum(lacking.values()) <= free * together
