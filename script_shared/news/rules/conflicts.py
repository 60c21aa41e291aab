"""Finds rules that contradict each other, so that a new one is refused with the name of the other."""

from collections.abc import Iterable, Sequence
from math import ceil

from script_shared.news.rules.rule import WITHHOLDING, Group, Rule

LIST = 10  # the length of a list in which quotas must hold together
_NEARLY = 1e-9  # so that 0.3 of 10 is 3


def least_articles(share: float, n: int) -> int:
    """How many articles of a list of ``n`` are at least a share of it."""
    return ceil(share * n - _NEARLY)


def most_articles(share: float, n: int) -> int:
    """How many articles of a list of ``n`` are at most a share of it."""
    return int(share * n + _NEARLY)


def contradiction(new: Rule, others: Iterable[Rule]) -> str:
    """Why a rule cannot hold beside others, naming the first one that contradicts it; "" if it can.

    Args:
        new: a rule that is about to be written.
        others: all current rules; an earlier version of the same rule and rules of other times do not count.
    """
    beside = [rule for rule in others if rule.rule_id != new.rule_id and rule.overlaps(new)]
    return _of_each(new, beside) or _of_adjacent_pins(new, beside) or _of_quotas(new, beside)


def _of_each(new: Rule, beside: Iterable[Rule]) -> str:
    for rule in beside:
        if reason := _of_two(new, rule) or _of_two(rule, new):
            return f"{reason}: {rule}."
    return ""


def _of_two(one: Rule, other: Rule) -> str:
    """Why two rules that hold at one time contradict each other."""
    if one.kind == "pin":
        return _of_pin(one, other)
    if one.kind == "boost" and other.about.key == one.about.key:
        if other.kind == "bury":
            return "the same articles cannot be boosted and buried at once"
        if other.kind in WITHHOLDING:
            return "an article that is withheld cannot be boosted"
    if one.kind == "quota" and other.kind == "quota" and one.about.key == other.about.key:
        least, most = one.least or 0.0, 1.0 if other.most is None else other.most
        if least_articles(least, LIST) > most_articles(most, LIST):
            return f"at least {least:g} and at most {most:g} of the same articles cannot hold together"
    if one.kind == "quota" and other.kind == "keep_apart" and other.other is not None:
        both = one.about.key == other.about.key == other.other.key
        if both and least_articles(one.least or 0.0, LIST) > (LIST + 1) // 2:
            return "more than half of a list cannot be kept apart from each other"
    return ""


def _of_pin(pin: Rule, other: Rule) -> str:
    if other.kind in WITHHOLDING and other.about.key == pin.about.key:
        return "an article cannot be pinned and withheld at once"
    same_front = other.kind == "pin" and _front(other) == _front(pin)
    if same_front and other.place == pin.place:
        return "two articles cannot be pinned at one place at overlapping times"
    if same_front and other.about.key == pin.about.key:
        return "one article cannot be pinned at two places of one front"
    return ""


def _front(pin: Rule) -> tuple[str, str]:
    return Group("section", pin.front).key


def _of_adjacent_pins(new: Rule, beside: Sequence[Rule]) -> str:
    """Two pins beside each other, and a pair of articles that must be kept apart."""
    if new.kind not in ("pin", "keep_apart"):
        return ""
    rules = [new, *beside]
    pins, pairs = ([rule for rule in rules if rule.kind == kind] for kind in ("pin", "keep_apart"))
    for pair in pairs:
        keys = {pair.about.key, pair.other.key if pair.other else pair.about.key}
        held = [pin for pin in pins if pin.about.key in keys]
        for one in held:
            for other in held:
                adjacent = _front(one) == _front(other) and other.place == one.place + 1
                if adjacent and one.overlaps(other) and new in (pair, one, other):
                    named = next(rule for rule in (pair, one, other) if rule is not new)
                    return f"articles that must be kept apart cannot be pinned beside each other: {named}."
    return ""


def _of_quotas(new: Rule, beside: Sequence[Rule]) -> str:
    """Sections exclude each other, and so do sources: their least shares have to fit into one list."""
    if new.kind != "quota" or new.about.by not in ("section", "source") or not new.least:
        return ""
    alike = [rule for rule in beside if rule.kind == "quota" and rule.about.by == new.about.by and rule.least]
    others = [rule for rule in alike if rule.about.key != new.about.key]
    for moment in [new.start_ms, *(rule.start_ms for rule in others if new.is_active(rule.start_ms))]:
        active = [rule for rule in others if rule.is_active(moment)]
        shares: dict[tuple[str, str], float] = {}
        for rule in [new, *active]:
            shares[rule.about.key] = max(shares.get(rule.about.key, 0.0), rule.least or 0.0)
        needed = sum(least_articles(share, LIST) for share in shares.values())
        if needed > LIST:
            names = "; ".join(map(str, active))
            return f"these quotas need {needed} places in a list of {LIST}, so they cannot hold together: {names}."
    return ""
