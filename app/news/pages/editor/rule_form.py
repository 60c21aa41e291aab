"""The form of a rule: its fields as a browser sends them, and as a page shows them."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.news.rules.rule_shapes import RuleBody
from script_shared.errors import RequestError
from script_shared.news.rules.rule import STRENGTH, Rule
from script_shared.times import epoch_ms

NUMBERS: dict[str, type] = {"place": int, "strength": float}
OF_KIND = {"place": "pin", "front": "pin", "least": "quota", "most": "quota", "strength": "boost bury"}
DEFAULTS = {"by": "article", "other_by": "article", "strength": f"{STRENGTH:g}", "place": "1", "kind": "pin"}


def body_of(form: Mapping[str, str]) -> RuleBody:
    """The rule that a form describes; fields of other kinds are left out.

    Args:
        form: texts by name; times are local times with their offset from UTC in minutes in ``start_offset`` and
            ``end_offset``, shares in per cent.

    Raises:
        RequestError: a field is missing or wrong; the message names it.
    """
    kind = form.get("kind", "")
    given: dict[str, Any] = {"kind": kind, "reason": form.get("reason", "").strip()}
    given["about"] = {"by": form.get("by", "article"), "name": form.get("name", "").strip()}
    if kind == "keep_apart":
        given["other"] = {"by": form.get("other_by", "article"), "name": form.get("other_name", "").strip()}
    for name, kinds in OF_KIND.items():
        text = form.get(name, "").strip().replace(",", ".")
        if kind in kinds.split() and text:
            given[name] = _share(name, text) if name in ("least", "most") else text
    for name in ("start", "end"):
        if text := form.get(name, "").strip():
            given[name] = _time(name, text, form.get(f"{name}_offset", ""))
    try:
        return RuleBody.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RequestError(f"{where}: {first['msg']}.", fix="Correct this field.") from None


def _share(name: str, text: str) -> float:
    try:
        return float(text) / 100
    except ValueError:
        raise RequestError(f"{name}: is not a number.", fix="Write a percentage, such as 30.") from None


def _time(name: str, text: str, offset: str) -> int:
    """Epoch milliseconds of a local time."""
    try:
        minutes = int(offset or 0)
        return epoch_ms(f"{text}:00Z" if len(text) == len("2026-11-29T18:00") else f"{text}Z") + minutes * 60_000
    except ValueError:
        raise RequestError(f"{name}: is not a time.", fix="Write it as 2026-11-29T18:00.") from None


def fields_of(rule: Rule) -> dict[str, Any]:
    """The fields of a rule for its form.

    Args:
        rule: as it is stored.
    """
    other = rule.other
    return {
        **DEFAULTS,
        "kind": rule.kind,
        "by": rule.about.by,
        "name": rule.about.name,
        "other_by": other.by if other else "article",
        "other_name": other.name if other else "",
        "place": str(rule.place or 1),
        "front": rule.front,
        "strength": f"{rule.strength:g}",
        "least": "" if rule.least is None else f"{100 * rule.least:g}",
        "most": "" if rule.most is None else f"{100 * rule.most:g}",
        "reason": rule.reason,
        "start_ms": rule.start_ms,
        "end_ms": rule.end_ms,
    }
