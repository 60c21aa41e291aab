"""Skills that a vacancy asks for, quoted from its text, and which of them a candidate's words have."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.texts import words

_PARTS = re.compile(r"[,;\n\r•·|()\[\]]+|\s[-–e]\s|\.\s")
MOST_WORDS = 4  # of a phrase that counts as the name of a skill
LONGEST = 80  # characters that are quoted
_AROUND = "experiencia conhecimento conhecimentos vivencia dominio desejavel obrigatorio solido solidos avancado atuar"
_OF_SKILLS = "atuacao nivel certificado certificacao ferramentas ferramenta area"
FILLERS = frozenset(f"{_AROUND} {_OF_SKILLS}".split())  # words around a skill that need not be in a CV


@dataclass(frozen=True)
class Skills:
    """Names of skills, as they are in the vacancy.

    Attributes:
        shared: the candidate has all of their words.
        missing: the candidate lacks some.
    """

    shared: tuple[str, ...]
    missing: tuple[str, ...]


def skills_of(record: Vacancy | Candidate) -> dict[str, frozenset[str]]:
    """Short phrases of the skills that a record names, with their words; of its title where it names none.

    >>> list(skills_of(Vacancy("1", skills="Java, Spring Boot; experiência com SAP FI/CO e inglês")))
    ['Java', 'Spring Boot', 'experiência com SAP FI/CO', 'inglês']
    """
    return dict(_find_names(record.skills) or _find_names(record.title))


def words_of_skills(record: Vacancy | Candidate) -> frozenset[str]:
    """All words of the skills that a record names.

    Args:
        record: of the tables or of a request.
    """
    return frozenset().union(*skills_of(record).values())


@lru_cache(maxsize=4096)  # a list compares many candidates with the same vacancy
def _find_names(text: str) -> Mapping[str, frozenset[str]]:
    phrases = [part.strip(" .:-–*\t") for part in _PARTS.split(text)]
    found = {phrase: frozenset(words(phrase)) - FILLERS for phrase in phrases if 0 < len(phrase) <= LONGEST}
    return _once({phrase: terms for phrase, terms in found.items() if 0 < len(terms) <= MOST_WORDS})


def _once(names: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Each set of words once, by its first phrase."""
    first: dict[frozenset[str], str] = {}
    for phrase, terms in names.items():
        first.setdefault(terms, phrase)
    return {phrase: terms for terms, phrase in first.items()}


def compare(record: Vacancy | Candidate, have: Collection[str], most: int = 8) -> Skills:
    """Which skills that a record names are among the words of another, such as those of a vacancy and a candidate.

    Args:
        record: whose skills are quoted.
        have: the other's words, in the form of ``texts.words``.
        most: of each kind at most.
    """
    names = skills_of(record)
    shared = [phrase for phrase, terms in names.items() if all(term in have for term in terms)]
    missing = [phrase for phrase in names if phrase not in set(shared)]
    return Skills(tuple(shared[:most]), tuple(missing[:most]))
