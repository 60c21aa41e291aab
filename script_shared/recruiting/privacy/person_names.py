"""People's names in a text: those that the record has, and runs of capitalised words that begin with a given name."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from script_shared.algorithms.words import plain
from script_shared.recruiting.privacy.folded import fold, without_spans

FILE = Path(__file__).parent / "given_names.txt"
PARTICLES = frozenset({"de", "da", "do", "das", "dos", "e"})
MOST_SURNAMES = 4
SHORTEST = 3  # letters of a name's part that is looked for
_COMMON = (
    "santos rosa reis costa neves campos rocha lima cruz ramos castro porto salvador natal vitoria franca sol luz mar "
    "monte serra prado bahia brasil paraiba santana bela jesus santo santa nova pinto leite coelho"
)
COMMON = frozenset(_COMMON.split())  # parts of names, and places or things too: removed within a name only
SAINTS = frozenset({"sao", "santa", "santo", "san", "dom", "dona"})  # before a given name: a place
PLACES = frozenset({("joao", "pessoa"), ("jose", "bonifacio"), ("paula", "souza"), ("getulio", "vargas")})
_WORD = r"[A-ZÀ-Ý][\w'´`]{0,23}\.?"
_RUN = re.compile(
    rf"[A-ZÀ-Ý](?<!\w[A-ZÀ-Ý])[\w'´`]{{0,23}}\.?"  # looks behind after the first letter, so that most places fail early
    rf"(?:[ \t]{{1,3}}(?:(?:d[aeo]s?|e|DE|DA|DO|DAS|DOS|E)[ \t]{{1,2}})?{_WORD}){{1,7}}"
)
_PART = re.compile(r"\S+")
_TOKEN = re.compile(r"[a-z']{1,40}")
BETWEEN = " \t\r\n,.'-_"
JOINTS = frozenset({"", *PARTICLES, *"abcdefghijklmnopqrstuvwxyz"})


def without_names(text: str, names: Sequence[str]) -> str:
    """The text without the names."""
    parts = {part for name in names for part in _TOKEN.findall(fold(name))}
    parts = {part for part in parts if len(part) >= SHORTEST and part not in PARTICLES}
    lower = fold(text) if parts else ""
    if any(part in lower for part in parts):
        text = without_spans(text, _runs(lower, parts))
    return _RUN.sub(_without_given, text)


def _runs(lower: str, parts: set[str]) -> Iterator[tuple[int, int]]:
    """Spans of the parts that are beside each other, in any order; a common word only beside another part."""
    run: list[re.Match[str]] = []
    before = previous = ""
    for token in _TOKEN.finditer(lower):
        word = token[0]
        if not run and word not in parts:
            previous = word
            continue
        beside = not run or lower[run[-1].end() : token.start()].strip(BETWEEN) in JOINTS
        if word in parts and beside:
            before = before if run else previous
            run.append(token)
        elif not (run and beside and (word in PARTICLES or len(word) == 1)):
            yield from _span(run, before)
            run, before = ([token], previous) if word in parts else ([], "")
        previous = word
    yield from _span(run, before)


def _span(run: list[re.Match[str]], before: str) -> Iterator[tuple[int, int]]:
    """The span of a run, none for a single common word or a place such as São Paulo."""
    if len(run) > 1 or (run and run[0][0] not in COMMON and before not in SAINTS):
        yield run[0].start(), run[-1].end()


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
