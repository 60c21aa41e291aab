"""Counterfactual test: the same candidates with a name and words of the other sex; no vector or score may change."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.recruiting.training.models import Models
from script_shared.arrays import FloatArray, IntArray
from script_shared.recruiting.features.pairs import pair_features
from script_shared.recruiting.features.world import World
from script_shared.recruiting.privacy import scrub
from script_shared.recruiting.ranking.boosted import scores_of
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
NAMES = ("José Carlos Ferreira", "Maria Aparecida Ferreira")
SCORES = ("ranker", "candidate_ranker", "match")
MOVED = 1e-6  # largest change that counts as none


def swap_sex_words(text: str) -> str:
    """The text with words for the other sex.

    >>> swap_sex_words("Desenvolvedora casada")
    'desenvolvedor casado'
    """
    return _WORD.sub(lambda match: OTHER.get(match[0].lower(), match[0]), text)


@dataclass(frozen=True)
class Moves:
    """What changed.

    Attributes:
        candidates, pairs: that were compared.
        vectors: largest difference between numbers of two vectors.
        scores: by model the largest difference between two scores of a pair.
    """

    candidates: int
    pairs: int
    vectors: float
    scores: dict[str, float]

    @property
    def largest(self) -> float:
        """Of all of them."""
        return max(self.vectors, *self.scores.values())


def counterfactual(
    models: Models, world: World, candidates: Sequence[Candidate], vacancies: IntArray, day: int
) -> Moves:
    """Compare candidates with their counterparts, each with all vacancies, as if they were new.

    Args:
        world: gets the candidates and their counterparts at its end.
    """
    sides = [[_with(each, place) for each in candidates] for place in range(len(NAMES))]
    spaces = [models.spaces.candidates([each.document for each in side]) for side in sides]
    if not candidates or not len(vacancies):
        return Moves(0, 0, 0.0, dict.fromkeys(SCORES, 0.0))
    vectors = max(float(np.abs(spaces[0][name] - spaces[1][name]).max()) for name in spaces[0])
    scores = []
    for side, found in zip(sides, spaces, strict=True):
        first = len(world.candidate_vectors("text"))
        world.add_candidates(side, found)
        scores.append(_scores(models, world, np.arange(first, first + len(side)), vacancies, day))
    moves = {name: float(np.abs(scores[0][name] - scores[1][name]).max()) for name in SCORES}
    return Moves(len(candidates), len(candidates) * len(vacancies), vectors, moves)


def _with(candidate: Candidate, place: int) -> Candidate:
    """A candidate with a name and words of one sex, cleaned as any new CV."""
    change = swap_sex_words if place else str
    name, words = NAMES[place], ADDED[place]
    return replace(
        candidate,
        title=change(candidate.title),
        skills=change(candidate.skills),
        certifications=change(candidate.certifications),
        cv=scrub(f"{name}\n{change(candidate.cv)}\n{words}", [name]),
    )


def _scores(models: Models, world: World, people: IntArray, vacancies: IntArray, day: int) -> dict[str, FloatArray]:
    found: dict[str, list[FloatArray]] = {name: [] for name in SCORES}
    for row in people.tolist():
        who = np.full(len(vacancies), row)
        features = pair_features(world, who, vacancies, day)
        found["ranker"].append(scores_of(models.vacancy_ranker, features))
        found["candidate_ranker"].append(scores_of(models.candidate_ranker, features))
        found["match"].append(models.match.chances_of(world, features, who, vacancies, day))
    return {name: np.concatenate(parts) for name, parts in found.items()}
