"""Checks a rule by itself: that it has what its kind needs, and nothing else."""

from script_shared.errors import RequestError
from script_shared.news.rules.rule import LAST_PLACE, STRENGTH, STRONGEST, Rule

ARTICLES = ("pin", "take_down", "embargo")  # rules about one article
ENDING = ("pin", "boost", "embargo")  # rules that need an end, because nobody would notice that they still hold
MOST_REASON = 500


def check(rule: Rule, now_ms: int) -> None:
    """Check a rule.

    Args:
        rule: a new one, or a new version.
        now_ms: on the release's clock, epoch milliseconds, UTC.

    Raises:
        RequestError: it cannot hold; the message names the field.
    """
    for problem, fix in (*_of_time(rule, now_ms), *_of_group(rule), *_of_numbers(rule)):
        raise RequestError(problem, fix=fix)


Problems = list[tuple[str, str]]


def _of_time(rule: Rule, now_ms: int) -> Problems:
    found: Problems = []
    if rule.end_ms is None and rule.kind in ENDING:
        found.append((f"end: a rule of the kind {rule.kind} needs an end.", "Say until when it holds."))
    if rule.end_ms is not None and rule.end_ms <= now_ms:
        found.append(("end: has passed on the release's clock.", "Choose a later time; GET /ready shows the clock."))
    if rule.end_ms is not None and rule.end_ms <= rule.start_ms:
        found.append(("end: must be after the start.", "Change one of them."))
    if not rule.reason.strip():
        found.append(("reason: is missing.", "Say why, for your colleagues."))
    return found


def _of_group(rule: Rule) -> Problems:
    found: Problems = []
    if rule.kind in ARTICLES and rule.about.by != "article":
        found.append((f"about: a rule of the kind {rule.kind} is about one article.", "Use by: article."))
    if rule.kind == "quota" and rule.about.by == "article":
        found.append(("about: a quota is about a section, tag or source.", "Pin the article instead."))
    if not rule.about.key[1] or (rule.other is not None and not rule.other.key[1]):
        found.append(("about: the name has no letters or digits.", "Name an article, section, tag or source."))
    if rule.kind == "keep_apart" and rule.other is None:
        found.append(("other: is missing.", "Name what must not be beside it."))
    if rule.kind != "keep_apart" and rule.other is not None:
        found.append(("other: belongs to keep_apart alone.", "Leave it out."))
    if rule.other is not None and rule.about.by == "article" and rule.about.key == rule.other.key:
        found.append(("other: is the same article.", "Name another one."))
    return found


def _of_numbers(rule: Rule) -> Problems:
    found: Problems = []
    if rule.kind == "pin" and not 1 <= rule.place <= LAST_PLACE:
        found.append((f"place: must be from 1 to {LAST_PLACE}.", "1 is the top."))
    if rule.kind != "pin" and (rule.place or rule.front):
        found.append(("place, front: belong to pin alone.", "Leave them out."))
    if rule.kind in ("boost", "bury") and not 1 < rule.strength <= STRONGEST:
        found.append((f"strength: must be more than 1 and at most {STRONGEST:g}.", f"{STRENGTH:g} is usual."))
    least, most = rule.least, rule.most
    if rule.kind != "quota":
        return [*found, *([("least, most: belong to quota alone.", "Leave them out.")] if least or most else [])]
    if least is None and most is None:
        found.append(("least, most: one of them is needed.", "They are shares of a list from 0 to 1."))
    if not 0 <= (least or 0) <= (1.0 if most is None else most) <= 1:
        found.append(("least, most: must be from 0 to 1, and least at most as large as most.", "0.3 means 30 %."))
    return found
