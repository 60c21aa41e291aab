"""People's names in a text: those that the record has, and runs of capitalised words that begin with a given name."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from script_shared.algorithms.words import plain

FILE = Path(__file__).parent / "given_names.txt"
PARTICLES = frozenset({"de", "da", "do", "das", "dos", "e"})
MOST_SURNAMES = 4
SHORTEST = 3  # letters of a name's part that is looked for
ACCENTS = {"a": "aáàâãä", "e": "eéèêë", "i": "iíìîï", "o": "oóòôõö", "u": "uúùûü", "c": "cç", "n": "nñ"}
_COMMON = (
    "santos rosa reis costa neves campos rocha lima cruz ramos castro porto salvador natal vitoria franca sol luz mar "
    "monte serra prado bahia brasil paraiba santana bela jesus santo santa nova pinto leite coelho"
)
COMMON = frozenset(_COMMON.split())  # parts of names, and places or things too: removed within a name only
SAINTS = frozenset({"sao", "santa", "santo", "san", "dom", "dona"})  # before a given name: a place
PLACES = frozenset({("joao", "pessoa"), ("jose", "bonifacio"), ("paula", "souza"), ("getulio", "vargas")})
_WORD = r"[A-ZÀ-Ý][\w'´`]{0,23}\.?"
_RUN = re.compile(rf"(?<!\w){_WORD}(?:[ \t]{{1,3}}(?:(?:d[aeo]s?|e|DE|DA|DO|DAS|DOS|E)[ \t]{{1,2}})?{_WORD}){{1,7}}")
_PART = re.compile(r"\S+")


def without_names(text: str, names: Sequence[str]) -> str:
    """The text without the names."""
    for name in names:
        if pattern := _of_record(name):
            text = pattern.sub(" ", text)
    return _RUN.sub(_without_given, text)


def _of_record(name: str) -> re.Pattern[str] | None:
    """Finds any run of the name's parts, in any order and spelling; a common word only beside another part."""
    parts = [part for part in re.findall(r"[a-z']+", plain(name)) if len(part) >= SHORTEST and part not in PARTICLES]
    if not parts:
        return None
    rare = [part for part in parts if part not in COMMON]
    any_part = "|".join(_letters(part) for part in sorted(set(parts), key=len, reverse=True))
    joint = r"[\s,]{1,3}(?:(?:d[aeo]s?|e|[a-z]\.?)\s{1,2}){0,2}"
    single = "|".join(_letters(part) for part in sorted(set(rare), key=len, reverse=True))
    saint = r"(?<!s[ãa]o\s)(?<!santa\s)(?<!santo\s)"
    pair = rf"(?:{any_part})(?:{joint}(?:{any_part})){{1,7}}"
    return re.compile(rf"(?<!\w)(?:{pair}{f'|{saint}(?:{single})' if single else ''})(?!\w)", re.IGNORECASE)


def _letters(part: str) -> str:
    return "".join(f"[{ACCENTS[letter]}]" if letter in ACCENTS else re.escape(letter) for letter in part)


def _without_given(match: re.Match[str]) -> str:
    """The run without what begins with a given name, which needs a word behind it."""
    words = _PART.findall(match[0])
    lower = [plain(word).strip(".'") for word in words]
    for place in range(len(words) - 1):
        before = lower[place - 1] if place else ""
        if lower[place] in given_names() and before not in SAINTS and (lower[place], lower[place + 1]) not in PLACES:
            return " ".join([*words[:place], *words[place + 1 + MOST_SURNAMES :]])
    return match[0]


@cache
def given_names() -> frozenset[str]:
    """Common given names, in small letters without accents."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
