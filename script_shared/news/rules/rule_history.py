"""The rules as they held at each moment of the past, from all their versions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from script_shared.news.rules.rule import Rule

Version = tuple[Rule, bool]


def as_they_held(versions: Iterable[Version], until_ms: int) -> list[Rule]:
    """One rule for each version that held at some moment.

    A version holds from when it was written until the next one was. A version that was written after the data end (the
    data is history, and its editors set start and end in that time) holds from its own start, if it is the last one.

    Args:
        versions: of all rules, in the order in which they were written, and whether each removed its rule.
        until_ms: end of the data, epoch milliseconds, UTC.
    """
    by_rule: dict[str, list[Version]] = {}
    for rule, removed in versions:
        by_rule.setdefault(rule.rule_id, []).append((rule, removed))
    return [held for own in by_rule.values() for held in _of_one(own, until_ms)]


def _of_one(own: Sequence[Version], until_ms: int) -> Iterable[Rule]:
    ends: list[int | None] = [*(rule.changed_ms for rule, _ in own[1:]), None]
    for (rule, removed), next_ms in zip(own, ends, strict=True):
        if removed or (rule.changed_ms > until_ms and next_ms is not None):
            continue
        if rule.changed_ms <= until_ms:
            end_ms = min((end for end in (rule.end_ms, next_ms) if end is not None), default=None)
            rule = replace(rule, start_ms=max(rule.start_ms, rule.changed_ms), end_ms=end_ms)
        if rule.end_ms is None or rule.start_ms < rule.end_ms:
            yield rule
