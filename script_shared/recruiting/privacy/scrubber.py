"""Removes personal data from a text: addresses of all kinds, numbers, birth dates and names; each rule is linear."""

import re
from collections.abc import Callable, Sequence

from script_shared.recruiting.privacy import patterns
from script_shared.recruiting.privacy.folded import without_texts
from script_shared.recruiting.privacy.person_names import without_names

SPACES = re.compile(r"[^\S\n]{2,}")
LINES = re.compile(r"\n\s{2,200}")
YEARS = range(1930, 2050)
SHORTEST_KNOWN = 6  # characters; a shorter text may be a word
DIGITS = re.compile(r"\D")
DIGIT_GROUPS = re.compile(r"\d{1,4}")
WRITTEN = re.compile(r"\d(?<!\d\d)\d{0,3}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{1,4}(?!\d)")
SPOKEN = re.compile(r"(\d(?<!\d\d)\d?)º?\sde\s[a-zç]{4,9}\sde\s(\d{4})(?!\d)", re.IGNORECASE)
FIRST_BIRTH, LAST_DAY = 1900, 31


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
    text = without_texts(text, [each for each in known if len(each.strip()) >= SHORTEST_KNOWN])
    useful = _useful(text)
    text = _without(text, useful, *patterns.MAIL, *patterns.LINKS, *patterns.BIRTH)
    for birth in dict.fromkeys(filter(None, births)):
        text = _without_birth(text, birth)
    text = _without(text, useful, *patterns.ADDRESS, *patterns.DOCUMENTS, patterns.PHONE_LABEL)
    text = patterns.PHONE.sub(_unless_years, text)
    text = patterns.LONG_NUMBER.sub(" ", patterns.PHONE_GROUPS.sub(_unless_years, text))
    text = without_names(_without(text, useful, patterns.NAME_LABEL), names)
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


def _useful(text: str) -> Callable[[re.Pattern[str]], bool]:
    """Whether a rule can find anything in the text, or in what other rules leave of it.

    A rule puts a blank where it removes something, and no hint has a blank, so no rule can bring in a hint.
    """
    small = text.casefold().replace("ı", "i").replace("\u0307", "")  # patterns read İ and ı as i

    def useful(rule: re.Pattern[str]) -> bool:
        hints = patterns.HINTS.get(rule)
        return hints is None or any(hint in small for hint in hints)

    return useful


def _without(text: str, useful: Callable[[re.Pattern[str]], bool], *rules: re.Pattern[str]) -> str:
    for rule in rules:
        if useful(rule):
            text = rule.sub(" ", text)
    return text


def _unless_years(match: re.Match[str]) -> str:
    """A span of two years, such as ``2010 - 2015``, is no phone; all other numbers of this shape are removed."""
    digits = DIGITS.sub("", match[0])
    years = len(digits) == 8 and int(digits[:4]) in YEARS and int(digits[4:]) in YEARS
    return match[0] if years else " "


def _without_birth(text: str, birth: str) -> str:
    """The text without this date, however it is written."""
    day, month, year = _date_of(birth)

    def unless_other(match: re.Match[str]) -> str:
        found = _date_of(match[0])
        same = found[:2] == (day, month) and found[2] in (year, year % 100)
        return " " if same else match[0]

    def unless_another(match: re.Match[str]) -> str:
        return " " if (int(match[1]), int(match[2])) == (day, year) else match[0]

    return SPOKEN.sub(unless_another, WRITTEN.sub(unless_other, text)) if year >= FIRST_BIRTH else text


def _date_of(text: str) -> tuple[int, int, int]:
    """Day, month and year of a date that begins with the day, or with a year of four digits; zeros for no date."""
    parts = [int(part) for part in DIGIT_GROUPS.findall(text)[:3]]
    if len(parts) < 3:
        return 0, 0, 0
    first, month, last = parts
    return (last, month, first) if first > LAST_DAY else (first, month, last)
