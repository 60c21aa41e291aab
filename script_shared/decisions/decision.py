"""One decision, and its entry in the record."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from secrets import token_hex
from typing import Any, Literal, get_args

from script_shared.clock import wall_ms

Kind = Literal[
    "publish",
    "promote",
    "refuse",
    "force",
    "rollback",
    "reload",
    "training",
    "drift",
    "experiment",
    "editorial",
    "correction",
    "quarantine",
    "erasure",
    "maintenance",
    "configuration",
    "token",
]
KINDS: tuple[str, ...] = get_args(Kind)
FIRST = "0" * 64  # the previous hash of the first entry
MOST_TEXT, MOST_NAME = 2_000, 250
MOST_EVIDENCE = 64_000


@dataclass(frozen=True)
class Decision:
    """A decision of a person or program. It must not hold personal data of users.

    Attributes:
        who: ``token:ana``, ``dag:news_training``, ``command:root``, ``guard`` or ``service``.
        use_case: whose users it affects, "" for all.
        before, after: the values before and after, such as two releases; "" without one.
        why: the reason, for people.
        evidence: run, report, figures: JSON values.
    """

    who: str
    what: Kind
    use_case: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    at_ms: int = field(default_factory=wall_ms)
    entry_id: str = field(default_factory=lambda: token_hex(16))

    def plain(self) -> dict[str, Any]:
        """The stored form: texts of bounded length, evidence as JSON."""
        found = asdict(self) | {"evidence": canonical(self.evidence)}
        for name, most in {"who": MOST_NAME, "before": MOST_NAME, "after": MOST_NAME, "why": MOST_TEXT}.items():
            found[name] = _clean(found[name])[:most]
        if len(found["evidence"]) > MOST_EVIDENCE:
            found["evidence"] = canonical({"left_out": f"{len(found['evidence'])} characters"})
        return found


@dataclass(frozen=True)
class Entry:
    """A decision in the record.

    Attributes:
        number: counts the entries from 1.
        evidence: JSON.
        previous: hash of the previous entry.
        hash: SHA-256 of all other fields, as canonical JSON.
    """

    number: int
    entry_id: str
    at_ms: int
    who: str
    what: str
    use_case: str
    before: str
    after: str
    why: str
    evidence: str
    previous: str
    hash: str = ""

    def digest(self) -> str:
        """The correct value of ``hash``."""
        return sha256(
            canonical({name: value for name, value in asdict(self).items() if name != "hash"}).encode()
        ).hexdigest()

    def view(self) -> dict[str, Any]:
        """The form for people: evidence as an object."""
        found = asdict(self)
        return found | {"evidence": json.loads(self.evidence), "from": found.pop("before"), "to": found.pop("after")}


def once_id(*parts: str) -> str:
    """The ``entry_id`` of a decision that a program may repeat: the same parts are recorded once.

    >>> once_id("run-1", "promote") == once_id("run-1", "promote") != once_id("run-1promote")
    True
    """
    return sha256(canonical(parts).encode()).hexdigest()[:32]


def canonical(value: Any) -> str:
    """The canonical JSON text of a value: keys sorted, no blanks, no nan; values that JSON lacks become text.

    >>> canonical({"b": float("nan"), "a": (1, "é")})
    '{"a":[1,"é"],"b":null}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_clean(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return _clean(str(value))


def _clean(text: str) -> str:
    """Text that both databases hold: valid UTF-8 without NUL."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
