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
Pins = Mapping[int, tuple[str, int]]  # by place, from 0, the article there and its bits


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
        for bit, count in self.least.items():
            if len([1 for each in bits if each & bit]) < count:
                return False
        for bit, count in self.most.items():
            if len([1 for each in bits if each & bit]) > count:
                return False
        beside = self.pairs.beside
        return not any(beside(one) & other for one, other in zip([left, *bits], bits, strict=False) if one and other)


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
        seen, classes, bits_of, most = self._seen, self.classes, self._bits, self._most
        for article in article_ids:
            if article in seen:
                continue
            seen.add(article)
            bits = bits_of(article)
            found = classes.get(bits)
            if found is None:
                found = classes[bits] = []
            if len(found) < most and may(article):
                found.append((len(seen), article))


def in_order(stock: Stock, pins: Pins, n: int) -> tuple[list[str], list[int]]:
    """The best articles in the places without a pin, and the bits of each; fewer than ``n`` only if there are fewer.

    Args:
        stock: articles, none of them pinned.
        pins: by place, from 0, the article there and its bits.
        n: length of the list.
    """
    size = min(n, len(stock) + len(pins))
    pins = _moved_up(pins, size)
    ranked = sorted((rank, article, bits) for bits, entries in stock.classes.items() for rank, article in entries)
    order = iter(ranked)
    found, all_bits = [], []
    for place in range(size):
        article, bits = pins[place] if place in pins else next(order)[1:]
        found.append(article)
        all_bits.append(bits)
    return found, all_bits


def insert_pins(plain: Sequence[str], pins: Mapping[int, str], n: int) -> list[str]:
    """The first ``n`` articles with the pinned ones among them.

    Args:
        plain: at least as many articles as places without a pin, best first, none of them pinned.
        pins: by place, from 0 and below ``n``, the article there.
        n: length of the list.
    """
    found = list(plain[: n - len(pins)])
    for place in sorted(pins):
        found.insert(place, pins[place])
    return found


def fill(stock: Stock, pins: Pins, n: int, demand: Demand, left: int = 0) -> list[str]:
    """The list: as long as :func:`in_order` makes it; demands that cannot be fulfilled are given up.

    Args:
        stock: articles, none of them pinned.
        pins: by place, from 0, the article there and its bits.
        n: length of the list.
        demand: on the list.
        left: bits of the article before the list, on the page before.
    """
    plain, bits = in_order(stock, pins, n)
    return plain if demand.is_fulfilled(bits, left) else search_order(stock, pins, n, demand, left)[0] or plain


def search_order(stock: Stock, pins: Pins, n: int, demand: Demand, left: int) -> tuple[list[str], bool]:
    """Another order than the plain one, which does not fulfil the demand; empty if none is found.

    Args:
        stock, pins, n, demand, left: as of :func:`fill`.

    Returns:
        the list, and whether it fulfils the whole demand.
    """
    size = min(n, len(stock) + len(pins))
    pins = _moved_up(pins, size)
    for each in demand.weaker:
        search = _Search(stock, pins, size, each)
        if (found := search.run(left)) is not None:
            return found, each is demand and search.is_whole
    return [], False


def _moved_up(pins: Pins, size: int) -> Pins:
    """Pins of a list that is too short for their places are at its end."""
    if all(place < size for place in pins):
        return pins
    late = [place for place in sorted(pins) if place >= size]
    free = [place for place in range(size - 1, -1, -1) if place not in pins][: len(late)]
    moved = {place: pins[old] for place, old in zip(sorted(free), late, strict=False)}
    return {place: pin for place, pin in pins.items() if place < size} | moved


class _Search:
    def __init__(self, stock: Stock, pins: Pins, size: int, demand: Demand) -> None:
        self._classes = {bits: entries for bits, entries in stock.classes.items() if entries}
        self._pins, self._size, self._demand = pins, size, demand
        self._used = dict.fromkeys(self._classes, 0)
        pinned = [bits for _, bits in pins.values()]
        self._counts = {bit: len([1 for bits in pinned if bits & bit]) for bit in {**demand.least, **demand.most}}
        self._least = {bit: min(count, self._available(bit)) for bit, count in demand.least.items()}
        self._counted = {bits: [bit for bit in self._counts if bits & bit] for bits in self._classes}
        self._together: dict[int, int] = {}
        self._chosen: list[str] = []
        self._dead: set[tuple[int, int, tuple[int, ...]]] = set()
        self._steps = STEPS + STEPS_PER_PLACE * size

    def _available(self, bit: int) -> int:
        return self._counts[bit] + sum([len(entries) for bits, entries in self._classes.items() if bits & bit])

    @property
    def is_whole(self) -> bool:  # nothing was given up
        return self._least == self._demand.least

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
        used = self._used
        if self._steps <= 0 or (self._dead and (place, left, tuple(used.values())) in self._dead):
            return False
        self._steps -= 1
        for (_, article), bits in self._options(place, left):
            counted = self._counted[bits]
            for bit in counted:
                self._counts[bit] += 1
            if self._can_fulfil(free - 1):
                self._chosen.append(article)
                used[bits] += 1
                if self._place(place + 1, bits, free - 1):
                    return True
                used[bits] -= 1
                self._chosen.pop()
            for bit in counted:
                self._counts[bit] -= 1
        self._dead.add((place, left, tuple(used.values())))
        return False

    def _options(self, place: int, left: int) -> list[tuple[tuple[int, str], int]]:
        """The classes that may have this place, each after its best article, the best one first."""
        pinned, bad = self._pins.get(place + 1), self._demand.pairs.beside(left)
        if pinned is not None:
            bad |= self._demand.pairs.beside(pinned[1])
        for bit, most in self._demand.most.items():
            if self._counts[bit] >= most:
                bad |= bit
        used = self._used
        some = [
            (entries[used[bits]], bits)
            for bits, entries in self._classes.items()
            if not bits & bad and used[bits] < len(entries)
        ]
        some.sort()
        return some

    def _can_fulfil(self, free: int) -> bool:
        """Whether so many places can hold what is still wanted; what is wanted beyond the stock is given up."""
        lacking = largest = total = 0
        for bit, least in self._least.items():
            if (missing := least - self._counts[bit]) > 0:
                lacking, largest, total = lacking | bit, max(largest, missing), total + missing
        if not lacking:
            return True
        if (together := self._together.get(lacking)) is None:
            together = max(((bits & lacking).bit_count() for bits in self._classes), default=1)
            self._together[lacking] = together
        return largest <= free and total <= free * together
