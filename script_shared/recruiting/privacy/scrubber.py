"""Removes personal data from a text: addresses of all kinds, numbers, birth dates and names; each rule is linear."""

import re
from collections.abc import Sequence

from script_shared.recruiting.privacy import patterns
from script_shared.recruiting.privacy.person_names import without_names

SPACES = re.compile(r"[^\S\n]{2,}")
LINES = re.compile(r"\n\s{2,200}")
YEARS = range(1930, 2050)
SHORTEST_KNOWN = 6  # characters; a shorter text may be a word
DIGITS = re.compile(r"\D")


def scrub(text: str, names: Sequence[str] = (), births: Sequence[str] = (), known: Sequence[str] = ()) -> str:
    """The text without e-mail addresses, links, documents, phones, birth dates, addresses and people's names.

    Args:
        text: of a CV or a comment.
        names: of the person, as the record has them.
        births: dates of birth as the record has them, such as ``12-03-1985``.
        known: other personal texts of the record, which are removed wherever they occur.

    >>> scrub("Ana Souza, ana@x.com.br, (11) 98765-4321. Python desde 2010 - 2015.", ["Ana Souza"])
    ', , . Python desde 2010 - 2015.'
    """
    for value in known:
        if len(value.strip()) >= SHORTEST_KNOWN:
            text = re.sub(re.escape(value.strip()), " ", text, flags=re.IGNORECASE)
    text = _without(text, patterns.MAIL)
    text = _without(text, patterns.LINKS)
    text = _without(text, patterns.BIRTH)
    for birth in births:
        text = _without_birth(text, birth)
    text = _without(text, patterns.ADDRESS)
    text = _without(text, patterns.DOCUMENTS)
    text = patterns.PHONE_LABEL.sub(" ", text)
    text = patterns.PHONE.sub(_unless_years, text)
    text = patterns.LONG_NUMBER.sub(" ", patterns.PHONE_GROUPS.sub(_unless_years, text))
    text = without_names(patterns.NAME_LABEL.sub(" ", text), names)
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


def _without(text: str, rules: Sequence[re.Pattern[str]]) -> str:
    for rule in rules:
        text = rule.sub(" ", text)
    return text


def _unless_years(match: re.Match[str]) -> str:
    """A span of two years, such as ``2010 - 2015``, is no phone; all other numbers of this shape are removed."""
    digits = DIGITS.sub("", match[0])
    years = len(digits) == 8 and int(digits[:4]) in YEARS and int(digits[4:]) in YEARS
    return match[0] if years else " "


def _without_birth(text: str, birth: str) -> str:
    """The text without this date, however it is written."""
    parts = [int(part) for part in re.findall(r"\d{1,4}", birth)[:3]]
    if len(parts) < 3:
        return text
    day, month, year = parts if parts[2] > 31 else parts[::-1]
    if year < 1900:
        return text
    short = rf"(?:{year}|{year % 100:02d})"
    forms = rf"0?{day}\s?[/.\-]\s?0?{month}\s?[/.\-]\s?{short}|{year}-0?{month}-0?{day}|0?{day} de \w{{4,9}} de {year}"
    return re.sub(rf"(?<!\d)(?:{forms})(?!\d)", " ", text)
