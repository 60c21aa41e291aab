"""Rules as editors read them: in a sentence of their language, with a bar of the calendar."""

from typing import Any

from app.news.article_facts import ArticleFacts
from app.shell.view import View
from app.shell.words import Texts
from script_shared.clock import HOUR_MS
from script_shared.news.rules.rule import Group, Rule

BACK_MS, AHEAD_MS = 24 * HOUR_MS, 6 * 24 * HOUR_MS  # of the calendar, around now


def rule_row(view: View, facts: ArticleFacts, rule: Rule) -> dict[str, Any]:
    """One rule for a table.

    Args:
        view: the request.
        facts: of articles, whose titles replace their ids.
        rule: the rule.
    """
    now_ms = facts.available.now_ms
    first, last = now_ms - BACK_MS, now_ms + AHEAD_MS
    start = min(max(rule.start_ms, first), last)
    end = min(max(last if rule.end_ms is None else rule.end_ms, first), last)
    return {
        "id": rule.rule_id,
        "rule": rule,
        "does": in_words(view.texts, facts, rule),
        "state": rule.state(now_ms),
        "x": round(1000 * (start - first) / (last - first)),
        "width": max(4, round(1000 * (end - start) / (last - first))),
        "now": round(1000 * (now_ms - first) / (last - first)),
    }


def calendar_span(now_ms: int) -> tuple[int, int]:
    """The first and last moment of the calendar, epoch milliseconds.

    Args:
        now_ms: on the release's clock.
    """
    return now_ms - BACK_MS, now_ms + AHEAD_MS


def in_words(texts: Texts, facts: ArticleFacts, rule: Rule) -> str:
    """What a rule does, in a sentence.

    Args:
        texts: of the page.
        facts: of articles.
        rule: the rule.
    """
    front = texts["the_front"].format(section=rule.front) if rule.front else texts["the_page"]
    shares = (("at_least", rule.least), ("at_most", rule.most))
    limits = [texts[name].format(share=texts.percent(share)) for name, share in shares if share is not None]
    return texts[f"does_{rule.kind}"].format(
        about=_group(texts, facts, rule.about),
        other=_group(texts, facts, rule.other) if rule.other else "",
        place=rule.place,
        front=front,
        strength=texts.number(rule.strength),
        limits=texts["and"].join(limits),
    )


def _group(texts: Texts, facts: ArticleFacts, group: Group) -> str:
    if group.by != "article":
        return f"{texts[f'by_{group.by}'].partition(' (')[0]} {group.name}"
    title = facts.recommender.article_view(group.name).title
    return f"“{title}”" if title else group.name
