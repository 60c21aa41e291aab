"""One rule of the editors: what it does, to which articles, from when to when, and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from script_shared.names import section_key
from script_shared.news.catalog.tags import tag_key
from script_shared.times import iso

Kind = Literal["pin", "boost", "bury", "take_down", "embargo", "quota", "keep_apart"]
By = Literal["article", "section", "tag", "source"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BYS: tuple[By, ...] = get_args(By)
WITHHOLDING: dict[str, str] = {"take_down": "taken_down", "embargo": "embargoed"}  # and the state of such an article
STRENGTH = 3.0  # of a boost or bury that names none
STRONGEST = 10.0
LAST_PLACE = 100


@dataclass(frozen=True)
class Group:
    """The articles that a rule is about.

    Attributes:
        by: what they have in common; ``article`` for a single one.
        name: the article id, section, tag, or source, which is the host of an article's address.
    """

    by: By
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """By which groups are compared.

        >>> Group("section", "São Paulo").key == Group("section", "sao-paulo").key
        True
        """
        if self.by == "section":
            return self.by, section_key(self.name)
        if self.by == "tag":
            return self.by, tag_key(self.name)
        return self.by, self.name.lower() if self.by == "source" else self.name

    def __str__(self) -> str:
        return f"{self.by} {self.name}"


@dataclass(frozen=True)
class Rule:
    """A rule and its version.

    Attributes:
        start_ms, end_ms: the rule holds from the start until just before the end, on the release's clock; epoch
            milliseconds, UTC; None for no end.
        other: the second group of ``keep_apart``.
        place: of a pin, from 1; ``front``: the section whose front it is on, "" for the page.
        strength: of ``boost`` and ``bury``: how many times nearer to the top or further from it an article gets.
        least, most: of a ``quota``: share of a list, 0..1; None for no limit.
        author: who made it, as in the record of decisions, such as ``token:ana``; ``changed_by``: of this version.
        version: counts the changes from 1; ``changed_ms``: when, on the wall clock.
    """

    rule_id: str
    kind: Kind
    about: Group
    start_ms: int
    end_ms: int | None = None
    reason: str = ""
    other: Group | None = None
    place: int = 0
    front: str = ""
    strength: float = STRENGTH
    least: float | None = None
    most: float | None = None
    author: str = ""
    changed_by: str = ""
    changed_ms: int = 0
    version: int = 1

    def is_active(self, now_ms: int) -> bool:
        """Whether it holds at a moment."""
        return self.start_ms <= now_ms and (self.end_ms is None or now_ms < self.end_ms)

    def begun(self, now_ms: int) -> "Rule":
        """The same rule as if it held from a moment on, for estimates and previews."""
        return replace(self, start_ms=now_ms, end_ms=None)

    def state(self, now_ms: int) -> Literal["active", "planned", "ended"]:
        """The state at a moment."""
        if self.is_active(now_ms):
            return "active"
        return "planned" if now_ms < self.start_ms else "ended"

    def overlaps(self, other: "Rule") -> bool:
        """Whether both hold at some moment."""
        starts_before_end = other.end_ms is None or self.start_ms < other.end_ms
        return starts_before_end and (self.end_ms is None or other.start_ms < self.end_ms)

    def effect(self) -> str:
        """What it does, for people: ``pins article a1 at place 1 of the page``."""
        front = f"the front of {self.front}" if self.front else "the page"
        limits = [f"at {name} {100 * share:g} %" for name, share in self._limits() if share is not None]
        return {
            "pin": f"pins {self.about} at place {self.place} of {front}",
            "boost": f"moves {self.about} {self.strength:g} times nearer to the top",
            "bury": f"moves {self.about} {self.strength:g} times further down",
            "take_down": f"takes down {self.about}",
            "embargo": f"holds back {self.about}",
            "quota": f"wants {' and '.join(limits)} of a list from {self.about}",
            "keep_apart": f"keeps {self.about} and {self.other} apart",
        }[self.kind]

    def __str__(self) -> str:
        until = f"to {iso(self.end_ms)}" if self.end_ms is not None else "on"
        return f"rule {self.rule_id} of {self.author} {self.effect()} from {iso(self.start_ms)} {until}"

    def _limits(self) -> tuple[tuple[str, float | None], ...]:
        return ("least", self.least), ("most", self.most)

    def body(self) -> dict[str, Any]:
        """What the database keeps of it besides version and writer."""
        whole = asdict(self)
        return {name: whole[name] for name in whole if name not in ("rule_id", "version", "changed_by", "changed_ms")}

    @classmethod
    def of(cls, rule_id: str, version: int, body: Mapping[str, Any], changed_by: str, changed_ms: int) -> "Rule":
        """A rule as the database keeps it; fields of later versions of the service are left out."""
        known = {name: value for name, value in body.items() if name in cls.__dataclass_fields__}
        about, other = Group(**known.pop("about")), known.pop("other", None)
        return cls(
            rule_id=rule_id,
            about=about,
            other=Group(**other) if other else None,
            version=version,
            changed_by=changed_by,
            changed_ms=changed_ms,
            **known,
        )


SHOWN = ("kind", "about", "other", "place", "front", "strength", "least", "most", "start_ms", "end_ms", "reason")


def differences(before: Rule, after: Rule) -> list[str]:
    """What changed from one version to another, in words.

    Args:
        before: the earlier version.
        after: the later version.

    >>> rule = Rule("r", "pin", Group("article", "a1"), 0, place=1)
    >>> from dataclasses import replace
    >>> differences(rule, replace(rule, place=2, reason="error"))
    ['place from 1 to 2', 'reason from nothing to error']
    """
    values = ((name.removesuffix("_ms"), _value_text(before, name), _value_text(after, name)) for name in SHOWN)
    return [f"{name} from {old} to {new}" for name, old, new in values if old != new]


def _value_text(rule: Rule, name: str) -> str:
    value = getattr(rule, name)
    if value is None or value == "":
        return "nothing"
    return iso(value) if name.endswith("_ms") else f"{value:g}" if isinstance(value, float) else str(value)
