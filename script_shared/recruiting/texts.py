"""Job texts as words: lower case, no accents, no stop words; ``c++``, ``c#`` and ``s4`` stay whole.

Words say nothing about sex or family: such words are left out, and *desenvolvedora* becomes *desenvolvedor*.
"""

import re
from functools import lru_cache

from script_shared.algorithms.words import plain, stop_words

_WORD = re.compile(r"[a-z0-9]+[+#]*")
SHORT = frozenset({"c", "r"})  # single letters that name a skill
_NUMBER = re.compile(r"[0-9]+")
LONGEST = 40  # longer runs of letters are no words
_SEX = "homem mulher masculino masculina feminino feminina sexo genero sr sra srta senhor senhora dr dra ele ela"
_FAMILY = "solteiro solteira casado casada divorciado divorciada viuvo viuva pai mae filho filha filhos filhas marido"
_ORIGIN = "esposa esposo moca moco rapaz brasileiro brasileira nascido nascida"
PERSONAL = frozenset(f"{_SEX} {_FAMILY} {_ORIGIN}".split())
_OTHER = "ora:or oras:ores eira:eiro eiras:eiros ada:ado adas:ados ica:ico icas:icos ana:ano iva:ivo"
ENDINGS = tuple(tuple(pair.split(":")) for pair in _OTHER.split())


def words(text: str) -> list[str]:
    """The words of a text, in order.

    Args:
        text: of a vacancy or a candidate, with any white space and punctuation.

    >>> words("Programadora C++ e .NET Sênior - 2 vagas, SAP S4/HANA")
    ['programador', 'c++', 'net', 'senior', 'vagas', 'sap', 's4', 'hana']
    """
    return [term for word in _WORD.findall(plain(text)) if (term := _term(word))]


@lru_cache(maxsize=200_000)
def _term(word: str) -> str:
    """The word as it counts in texts, "" for one that does not."""
    return "" if word in stop_words() or not _counts(word) else _root(word)


def _counts(word: str) -> bool:
    if len(word) == 1:
        return word in SHORT
    return len(word) <= LONGEST and _NUMBER.fullmatch(word) is None and word not in PERSONAL


def _root(word: str) -> str:
    """The word in its masculine form, by its ending."""
    if len(word) > 5:
        for ending, other in ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + other
    return word


def pieces(word: str, sizes: tuple[int, ...] = (3, 4)) -> list[str]:
    """The letter runs of a word with its borders; they forgive endings and typing errors.

    Args:
        word: one word.
        sizes: lengths of the runs.

    >>> pieces("java")
    ['^ja', 'jav', 'ava', 'va$', '^jav', 'java', 'ava$']
    """
    whole = f"^{word}$"
    return [whole[start : start + size] for size in sizes for start in range(len(whole) - size + 1)]
