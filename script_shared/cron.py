"""Cron expressions, checked where they are set: a schedule that cannot be read would be noticed only when it is due."""

import re
from typing import NamedTuple

PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of each month, January first
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,4}))?")


class Field(NamedTuple):
    """One of the five places of an expression."""

    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()  # that name the numbers from ``lowest`` on


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of the week", 0, 7, DAYS),
)


def cron(text: str) -> str:
    """The expression with single blanks: minute, hour, day of the month, month, day of the week, or a preset.

    Args:
        text: five fields with any blanks between them, or a preset such as ``@daily``.

    Raises:
        ValueError: it is no cron expression, or no day fits it; the message is for people.

    >>> cron("30  2 * * mon-fri")
    '30 2 * * mon-fri'
    """
    parts = text.split()
    if len(parts) == 1 and parts[0] in PRESETS:
        return parts[0]
    if len(parts) != len(FIELDS):
        raise ValueError(
            f"{text[:80]!r} is not a cron expression. Give minute, hour, day of the month, month and day of the week, "
            f"such as '30 2 * * *' for every day at 02:30, or one of {', '.join(PRESETS)}"
        )
    values = [_values(part, field) for part, field in zip(parts, FIELDS, strict=True)]
    if parts[4] == "*" and all(day > LONGEST[month - 1] for day in values[2] for month in values[3]):
        raise ValueError(f"none of its months has day {min(values[2])}")
    return " ".join(parts)


def _values(text: str, field: Field) -> set[int]:
    """All values of a field."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part[:40]!r} is not valid as {field.name}")
        found.update(_range(match, field))
    return found


def _range(match: "re.Match[str]", field: Field) -> range:
    step = int(match["step"] or 1)
    if match["first"] is None:
        first, last = field.lowest, field.highest
    else:
        first = _number(match["first"], field)
        last = _number(match["last"], field) if match["last"] else (field.highest if match["step"] else first)
    if step < 1 or last < first:
        raise ValueError(f"{match[0]!r} is not valid as {field.name}: ranges count up, by steps of 1 or more")
    return range(first, last + 1, step)


def _number(text: str, field: Field) -> int:
    word = text.lower()
    if word in field.words:
        return field.lowest + field.words.index(word)
    if not (word.isascii() and word.isdecimal()) or not field.lowest <= int(word) <= field.highest:
        raise ValueError(f"{text[:40]!r} is not valid as {field.name}: give {field.lowest} to {field.highest}")
    return int(word)
