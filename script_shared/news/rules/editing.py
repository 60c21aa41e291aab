"""Applies the editors' rules to one list: moves articles up and down, then fills the places."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from script_shared.arrays import Int64s
from script_shared.names import section_key
from script_shared.news.catalog.article_view import ArticleView
from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.catalog.tags import tag_key
from script_shared.news.rules.arrangement import Demand, Stock, in_order, insert_pins, search_order
from script_shared.news.rules.moves import Factors, move_order, window
from script_shared.news.rules.rule_set import Key, Marks, RuleSet, keys_of

NEAR, RESERVE = 3, 400  # lists and articles behind a list among which the places of quotas and pairs are filled
REMEMBERED, MOST_DEMANDS = 20_000, 1_000


class EditedList(NamedTuple):
    """A list, and those of its articles that are in their places because of a rule."""

    ids: list[str]
    by_editors: frozenset[str] = frozenset()


class RuleCache(NamedTuple):
    """What was found out under one set of rules: marks and factors by article, and demands by length and front."""

    marks: dict[str, Marks]
    factors: Factors
    demands: dict[tuple[int, str, str], Demand]


class Editing:
    """The rules as they apply to the articles of one release; what they say of an article is remembered.

    Args:
        shown: how an article is displayed, by id.
    """

    def __init__(self, shown: Callable[[str], ArticleView]) -> None:
        self._shown = shown
        self._known: tuple[RuleSet | None, int, RuleCache] = (None, -1, RuleCache({}, Factors(), {}))
        self._keys: tuple[int, dict[str, tuple[Key, ...]]] = (-1, {})

    def of(self, rules: RuleSet, available: Availability, front: "Front") -> "ListEditing":
        """The rules for one list."""
        known, posts = self._known, available.editorial.posts
        if known[0] is not rules or known[1] != posts or len(known[2].marks) > REMEMBERED:
            known = self._known = (rules, posts, RuleCache({}, Factors(), {}))
        if self._keys[0] != posts or len(self._keys[1]) > REMEMBERED:
            self._keys = (posts, {})
        return ListEditing(rules, available, front, known[2], self._keys[1], self._shown)


class Front(NamedTuple):
    """The list that is edited.

    Attributes:
        section: of the request, "" for the page.
        tag: of the request.
        has_pins: whether it is a front: most read and latest articles, tags and what to read next are none.
        before: marks of the articles on earlier pages; ``last``: the last one of these articles, "" if unknown.
    """

    section: str = ""
    tag: str = ""
    has_pins: bool = False
    before: frozenset[int] = frozenset()
    last: str = ""


class ListEditing:
    """The rules for one list; see ``Editing.of``."""

    def __init__(
        self,
        rules: RuleSet,
        available: Availability,
        front: Front,
        known: RuleCache,
        keys: dict[str, tuple[Key, ...]],
        shown: Callable[[str], ArticleView],
    ) -> None:
        self._rules, self._available, self._front = rules, available, front
        self._known, self._keys_of, self._shown = known, keys, shown
        self._pins: dict[int, str] | None = None
        self._left = self.marks(front.last).bits if front.last else 0

    @property
    def fixes_places(self) -> bool:
        """Whether pins, quotas or pairs decide about places, so that none may be drawn by chance."""
        pins = self._front.has_pins and section_key(self._front.section) in self._rules.pins
        return bool(pins or self._rules.quotas or self._rules.pairs.bits)

    def marks(self, article_id: str) -> Marks:
        """What the rules say of an article."""
        found = self._known.marks.get(article_id)
        if found is None:
            keys = self._keys_of.get(article_id)
            if keys is None:
                keys = self._keys_of[article_id] = tuple(keys_of(article_id, self._available, self._shown))
            found = self._known.marks[article_id] = self._rules.marks(keys)
        return found

    def pins(self, bars: Bars, n: int) -> dict[int, str]:
        """By place of this list, from 0, the pinned articles that this user may get.

        They are found once; a list is edited for one request.

        A pin is shown however often it was shown before, however old it is, and on the front of another section. It is
        not shown to a user who has read it.
        """
        if not self._front.has_pins:
            return {}
        if self._pins is not None:
            return self._pins
        pinned, start = self._rules.pins.get(section_key(self._front.section), {}), len(self._front.before)
        if not pinned:
            return {}
        here = {place - start: article for place, article in pinned.items() if start <= place < start + n}
        if here:
            refusal = self._available.refusal
            here = {place: article for place, article in here.items() if not refusal(article, bars, pinned=True)}
        self._pins = here
        return here

    def later_pins(self, n: int) -> frozenset[str]:
        """The articles pinned to later pages, which earlier ones leave out."""
        if not self._front.has_pins:
            return frozenset()
        pinned, end = self._rules.pins.get(section_key(self._front.section), {}), len(self._front.before) + n
        return frozenset(article for place, article in pinned.items() if place >= end)

    def window(self, n: int) -> int:
        """How many of the first articles boosts and buries can move; 0 if no rule moves any.

        Args:
            n: length of the list.
        """
        return window(self._rules, n, before=len(self._front.before))

    def reorder(self, ranked: Iterator[str], n: int) -> Iterator[str]:
        """The order with boosted articles nearer to the top and buried ones further down.

        An article at place ``p`` gets place ``p`` times its factor; the others keep their order.

        Args:
            ranked: article ids, best first.
            n: length of the list.
        """
        if not (count := self.window(n)):
            return ranked
        first = list(dict.fromkeys(islice(ranked, count)))
        order = move_order(np.array([self.marks(article).factor for article in first]))
        return chain(map(first.__getitem__, order.tolist()), ranked)

    def reorder_numbers(self, numbers: Int64s, ids: Sequence[str]) -> Int64s:
        """The same for articles of the live state, which are looked up together.

        Args:
            numbers: int64 (k), of :meth:`window` articles or fewer, best first.
            ids: article ids by number.

        Returns:
            int64 (k), places in ``numbers`` in the moved order.
        """
        return move_order(self._known.factors.of(numbers, ids, lambda article: self.marks(article).factor))

    def arrange(self, head: Sequence[str], rest: Iterable[str], bars: Bars, n: int) -> EditedList:
        """The list: pins at their places, quotas held, pairs kept apart.

        Args:
            head: articles that may be shown, best first.
            rest: what follows; these need not be allowed.
        """
        pins, later = self.pins(bars, n), self.later_pins(n)
        pinned = later.union(pins.values())
        plain = [article for article in head if article not in pinned] if pinned else list(head)
        boosted = [article for article in plain if self.marks(article).factor < 1.0] if self._rules.moves else []
        demand = self._demand(n)
        if len(plain) + len(pins) >= n and self._fulfils(demand, in_place := insert_pins(plain, pins, n)):
            return EditedList(in_place, frozenset(chain(boosted, pins.values())))
        found = self._fill(plain, rest, pins, pinned, bars, demand, n)
        wanted = sum(demand.least)
        before = set(plain[:n])
        moved = (article for article in found if article not in before and self.marks(article).bits & wanted)
        return EditedList(found, frozenset(chain(boosted, pins.values(), moved)))

    def _fill(
        self,
        plain: Sequence[str],
        rest: Iterable[str],
        pins: Mapping[int, str],
        pinned: frozenset[str],
        bars: Bars,
        demand: Demand,
        n: int,
    ) -> list[str]:
        """The list where the first articles are too few, or do not fulfil the demand."""
        marks, wanted, known = self.marks, demand.bits, self._known.marks.get
        stock = Stock(n, lambda article: (known(article) or marks(article)).bits & wanted)
        places = {place: (article, marks(article).bits) for place, article in pins.items()}
        stock.add(plain, set(plain).__contains__)
        free, refusal = n - len(pins), self._available.refusal
        allowed = lambda article: article not in pinned and not refusal(article, bars)  # noqa: E731
        tail, is_full = iter(rest), len(plain) >= free
        while len(stock) < free and (some := list(islice(tail, n))):
            stock.add(some, allowed)
        plainest = insert_pins(plain, pins, n) if is_full else in_order(stock, places, n)[0]
        if not is_full and self._fulfils(demand, plainest):
            return plainest
        for more in (NEAR * n, RESERVE):  # each time a few more articles, because most lists need none
            stock.add(islice(tail, more), allowed)
            found, is_whole = search_order(stock, places, n, demand, self._left)
            if is_whole or self._fulfils(demand, found or plainest):
                break
        return found or plainest

    def _demand(self, n: int) -> Demand:
        """What the rules demand of this list; a quota about what all of its articles have in common does not count."""
        name = (n, self._front.section, self._front.tag)
        found = self._known.demands.get(name)
        if found is None:
            own = {("section", section_key(self._front.section)), ("tag", tag_key(self._front.tag))}
            quotas = [quota for quota in self._rules.quotas if quota.key not in own]
            if len(self._known.demands) > MOST_DEMANDS:
                self._known.demands.clear()
            found = self._known.demands[name] = Demand.of(quotas, self._rules.pairs, n)
        return found

    def _fulfils(self, demand: Demand, article_ids: Sequence[str]) -> bool:
        if not demand.bits:
            return True
        bits = [self.marks(article).bits & demand.bits for article in article_ids]
        if not demand.least and not any(bits):
            return True
        return demand.is_fulfilled(bits, self._left)
