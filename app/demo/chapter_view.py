"""What the page shows of each chapter: sentences, figures, addresses of pages, and entries of the record."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from app.shell.words import Texts
from script_shared.decisions.decision import Entry
from script_shared.demo.story import Chapter, Story

NAME = "tour"
SITE = "token:site"
LOWEST = 20  # place of a list that the story looks at
LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "start": (
        ("readers_page", "news"),
        ("students_page", "students/page"),
        ("recruiting_page", "recruiting/page"),
        ("overview", "operations"),
    ),
    "breaking": (
        ("readers_page", "news"),
        ("trending", "news/editor"),
        ("article_page", "news/editor/article?page={page}"),
    ),
    "editors": (("rules", "news/editor/rules"), ("changes", "news/editor/record"), ("readers_page", "news")),
    "refused": (("releases", "operations/news/releases"), ("runs", "operations/news/runs")),
    "drift": (
        ("drift_page", "operations/students/drift"),
        ("runs", "operations/students/runs"),
        ("releases", "operations/students/releases"),
    ),
    "guard": (("releases", "operations/news/releases"), ("live", "operations/news/live")),
    "record": (("whole_record", "operations/record"),),
}


def chapters_shown(texts: Texts, story: Story, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every chapter as the template uses it.

    Args:
        texts: words of the page.
        story: as far as it has come.
        entries: of the record, the newest first.

    Returns:
        one dictionary for each chapter, in order.
    """
    return [_chapter_view(texts, number, chapter, entries) for number, chapter in enumerate(story.chapters, 1)]


def _chapter_view(texts: Texts, number: int, chapter: Chapter, entries: Sequence[Entry]) -> dict[str, Any]:
    own = [each for each in entries if chapter.began_ms and _is_of(chapter, each)]
    return {
        "name": chapter.name,
        "number": number,
        "title": texts[f"title_{chapter.name}"],
        "about": texts[f"about_{chapter.name}"],
        "state": chapter.state,
        "notes": [{"text": _sentence(texts, note.key, note.values), "at": clock(note.at_ms)} for note in chapter.notes],
        "now": chapter.now,
        "line": _line(chapter.now),
        "lead": f"{chapter.now['leads'][-1]:+.2f}" if chapter.now.get("leads") else "",
        "problem": chapter.problem,
        "links": _links(chapter) if chapter.began_ms else [],
        "entries": [{**each.view(), "at": clock(each.at_ms)} for each in reversed(own)],
    }


def _line(now: dict[str, Any]) -> list[float | None]:
    """The places of an article in order of time, counted from below; None while it has none."""
    return [LOWEST + 1 - place if place else None for place in now.get("places", ())]


def _is_of(chapter: Chapter, entry: Entry) -> bool:
    """Whether a decision was taken in the chapter, but for settings that programs begin with, and posts of the site."""
    if entry.what == "configuration" or entry.who == SITE:
        return False
    return entry.number > chapter.after and (not chapter.until or entry.number <= chapter.until)


def _sentence(texts: Texts, key: str, values: dict[str, Any]) -> str:
    named = {name: texts.get(f"case_{value}", value) if name == "use_case" else value for name, value in values.items()}
    return texts[f"note_{key}"].format(**named)


def _links(chapter: Chapter) -> list[tuple[str, str]]:
    """Word and address of each page, without those that need an article that is not there yet."""
    page = chapter.now.get("page", "")
    return [(word, address.format(page=page)) for word, address in LINKS[chapter.name] if page or "{" not in address]


def clock(time_ms: int) -> str:
    """Hours, minutes and seconds, UTC.

    Args:
        time_ms: epoch milliseconds.

    >>> clock(3_661_000)
    '01:01:01'
    """
    return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%H:%M:%S}"
