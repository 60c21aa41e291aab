"""The rules that hold at one moment, prepared for lists: what is withheld, pinned, moved, counted and kept apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple
from urllib.parse import urlsplit

from script_shared.names import section_key
from script_shared.news.catalog.article_view import ArticleView
from script_shared.news.catalog.availability import Availability
from script_shared.news.rules.rule import STRONGEST, WITHHOLDING, Group, Rule

Key = tuple[str, str]


class Marks(NamedTuple):
    """What the rules say of one article.

    Attributes:
        factor: by which its distance from the top is multiplied; below 1 for a boost.
        bits: the groups of quotas and pairs that it belongs to, one bit each.
    """

    factor: float
    bits: int


def keys_of(article_id: str, available: Availability, shown: Callable[[str], ArticleView]) -> Iterator[Key]:
    """The groups that an article belongs to.

    Args:
        article_id: of any article.
        available: knows sections and tags.
        shown: how an article is displayed, by id.
    """
    yield "article", article_id
    yield "section", section_key(available.section(article_id, available.rows.row(article_id)))
    yield from (("tag", tag) for tag in available.editorial.tagged.of(article_id))
    yield "source", (urlsplit(shown(article_id).url).hostname or "").lower()


UNMARKED = Marks(1.0, 0)


class Pairs:
    """The groups that must not be beside each other.

    Args:
        against: by bit the bits that must not be beside it.
    """

    def __init__(self, against: Mapping[int, int] | None = None) -> None:
        self._against = against or {}
        self._beside: dict[int, int] = {0: 0}
        self.bits = 0
        for bit in self._against:
            self.bits |= bit

    def beside(self, bits: int) -> int:
        """The bits that must not be beside an article with these; remembered, because few sets of bits occur.

        Args:
            bits: of the article.
        """
        found = self._beside.get(bits)
        if found is None:
            found = 0
            for bit, other in self._against.items():
                if bits & bit:
                    found |= other
            self._beside[bits] = found
        return found


class Quota(NamedTuple):
    """The share of a list, 0..1, that one group may have; ``key`` identifies the group, ``bit`` its articles."""

    key: Key
    bit: int
    least: float
    most: float


@dataclass(frozen=True)
class RuleSet:
    """The rules from ``since_ms`` until just before ``until_ms``, epoch milliseconds: in between none starts or ends.

    Attributes:
        number: of the change of the rules that it follows; every change gets another number.
        withheld: by article the state that keeps it out of every list.
        pins: by front ("" for the page, else the key of its section) and place, from 0, the article.
        effects: by group the factor of its articles, and its bit.
        pairs: the groups that must not be beside each other.
        moves: whether any rule boosts or buries.
        strongest: how many times nearer to the top an article can get; 1 without a boost.
    """

    number: int = 0
    since_ms: float = -inf
    until_ms: float = inf
    withheld: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    effects: Mapping[Key, Marks] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    pairs: Pairs = field(default_factory=Pairs)
    moves: bool = False
    strongest: float = 1.0

    @classmethod
    def of(cls, rules: Iterable[Rule], now_ms: int, number: int) -> "RuleSet":
        """The rules that hold at a moment.

        Args:
            rules: all rules.
            number: of the newest change among them.
        """
        known = list(rules)
        active = [rule for rule in known if rule.is_active(now_ms)]
        moments = [at for rule in known for at in (rule.start_ms, rule.end_ms) if at is not None]
        pins: dict[str, dict[int, str]] = {}
        for rule in active:
            if rule.kind == "pin":
                pins.setdefault(section_key(rule.front), {})[rule.place - 1] = rule.about.name
        groups = _Groups(active)
        return cls(
            number=number,
            since_ms=max((at for at in moments if at <= now_ms), default=-inf),
            until_ms=min((at for at in moments if at > now_ms), default=inf),
            withheld={rule.about.name: WITHHOLDING[rule.kind] for rule in active if rule.kind in WITHHOLDING},
            pins=pins,
            effects=groups.effects(),
            quotas=groups.quotas(active),
            pairs=Pairs(groups.against(active)),
            moves=bool(groups.factors),
            strongest=max([1.0, *(1 / factor for factor in groups.factors.values())]),
        )

    @property
    def orders(self) -> bool:
        """Whether any rule can move articles within a list."""
        return bool(self.pins or self.effects)

    def marks(self, keys: Iterable[Key]) -> Marks:
        """What all rules together say of an article that belongs to these groups."""
        factor, bits = 1.0, 0
        for key in keys:
            if (found := self.effects.get(key)) is not None:
                factor, bits = factor * found.factor, bits | found.bits
        return Marks(_clamp(factor), bits) if factor != 1.0 or bits else UNMARKED


def _clamp(factor: float) -> float:
    return min(max(factor, 1 / STRONGEST), STRONGEST)


class _Groups:
    """The groups that active rules name, numbered by bits."""

    def __init__(self, active: Iterable[Rule]) -> None:
        self.factors: dict[Key, float] = {}
        self._bits: dict[Key, int] = {}
        for rule in active:
            if rule.kind in ("boost", "bury"):
                change = 1 / rule.strength if rule.kind == "boost" else rule.strength
                key = rule.about.key
                self.factors[key] = _clamp(self.factors.get(key, 1.0) * change)
            elif rule.kind in ("quota", "keep_apart"):
                self.bit(rule.about)
                self.bit(rule.other or rule.about)

    def bit(self, group: Group) -> int:
        """The bit of a group; each group has one."""
        return self._bits.setdefault(group.key, 1 << len(self._bits))

    def effects(self) -> dict[Key, Marks]:
        """By group the factor and the bit."""
        keys = {**self.factors, **self._bits}
        return {key: Marks(self.factors.get(key, 1.0), self._bits.get(key, 0)) for key in keys}

    def quotas(self, active: Iterable[Rule]) -> tuple[Quota, ...]:
        """One for each group; of several rules about one group, the strictest limits."""
        limits: dict[Key, tuple[float, float]] = {}
        for rule in active:
            if rule.kind == "quota":
                least, most = limits.get(rule.about.key, (0.0, 1.0))
                most = min(most, 1.0 if rule.most is None else rule.most)
                limits[rule.about.key] = (max(least, rule.least or 0.0), most)
        return tuple(Quota(key, self._bits[key], *limit) for key, limit in limits.items())

    def against(self, active: Iterable[Rule]) -> dict[int, int]:
        """By bit the bits that must not be beside it."""
        found: dict[int, int] = {}
        for rule in active:
            if rule.kind == "keep_apart" and rule.other is not None:
                one, other = self.bit(rule.about), self.bit(rule.other)
                found[one] = found.get(one, 0) | other
                found[other] = found.get(other, 0) | one
        return found
