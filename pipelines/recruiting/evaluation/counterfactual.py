"""Counterfactual test: the same candidates with words for the other sex; no score may move."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from script_shared.recruiting.encoders.spaces import TextSpaces
from script_shared.recruiting.records import Candidate

PAIRS = (
    ("desenvolvedor", "desenvolvedora"), ("programador", "programadora"), ("engenheiro", "engenheira"),
    ("consultor", "consultora"), ("coordenador", "coordenadora"), ("administrador", "administradora"),
    ("técnico", "técnica"), ("formado", "formada"), ("graduado", "graduada"), ("casado", "casada"),
    ("solteiro", "solteira"), ("brasileiro", "brasileira"), ("senhor", "senhora"), ("homem", "mulher"),
    ("masculino", "feminino"), ("arquiteto", "arquiteto"), ("gerenciador", "gerenciadora"),
)  # fmt: skip
OTHER = {word: other for first, second in PAIRS for word, other in ((first, second), (second, first))}
_WORD = re.compile(r"\w+")
ADDED = ("Sexo: masculino. Casado.", "Sexo: feminino. Casada.")
MOVED = 1e-6  # largest distance of vectors that counts as none


def swapped(text: str) -> str:
    """The text with words for the other sex.

    >>> swapped("Desenvolvedora casada")
    'desenvolvedor casado'
    """
    return _WORD.sub(lambda match: OTHER.get(match[0].lower(), match[0]), text)


def largest_move(spaces: TextSpaces, candidates: Sequence[Candidate]) -> float:
    """The largest distance between the vectors of a candidate with words of one sex and of the other; 0 for none."""
    if not candidates:
        return 0.0
    own = [replace(each, cv=f"{each.cv} {ADDED[0]}", title=each.title) for each in candidates]
    other = [
        replace(each, cv=f"{swapped(each.cv)} {ADDED[1]}", title=swapped(each.title), skills=swapped(each.skills))
        for each in candidates
    ]
    first, second = (spaces.candidates([each.document for each in side]) for side in (own, other))
    return max(float(np.abs(first[space] - second[space]).max()) for space in first)
