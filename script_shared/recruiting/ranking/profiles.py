"""Candidates as vectors among vacancies, and what filters look at."""

import numpy as np

from script_shared.algorithms.words import plain
from script_shared.arrays import Float32s, IntArray
from script_shared.recruiting.encoders.tfidf import unit
from script_shared.recruiting.features.past import DECAY, LATEST
from script_shared.recruiting.features.world import World
from script_shared.recruiting.index.base import Tags
from script_shared.recruiting.records import Candidate, Vacancy

OWN = 1.0  # weight of the CV beside the latest vacancies


def profiles(world: World, candidates: IntArray) -> Float32s:
    """float32 (n, width): mean of a candidate's CV and latest vacancies in the learnt space, of length 1 or 0.

    Args:
        world: vectors and activity.
        candidates: int (n), rows.
    """
    vectors = world.vacancy_vectors("learnt")
    found = world.candidate_vectors("learnt")[candidates] * np.float32(OWN)
    for place, row in enumerate(candidates.tolist()):
        latest = [entry[0] for entry in world.activity.latest(row, LATEST)]
        if latest:
            found[place] += DECAY[: len(latest)] @ vectors[latest]
    return unit(found)


def tags_of_vacancy(vacancy: Vacancy) -> Tags:
    """What a filter of vacancies may name, in lower case without accents.

    Args:
        vacancy: a record, of the tables or of a request.
    """
    one = {name: getattr(vacancy, name) for name in ("state", "city", "level", "english", "spanish")}
    tags = {name: [tag(text)] for name, text in one.items() if text}
    many = {"contract": vacancy.contract_types, "area": vacancy.areas}
    return {**tags, **{name: [tag(text) for text in texts] for name, texts in many.items() if texts}}


def tags_of_candidate(candidate: Candidate) -> Tags:
    """What a filter of candidates may name.

    Args:
        candidate: a record, of the tables or of a request.
    """
    one = {name: getattr(candidate, name) for name in ("level", "academic", "english", "spanish", "area")}
    return {name: [tag(text)] for name, text in one.items() if text}


def tag(text: str) -> str:
    """A text as filters compare it.

    Args:
        text: a value of a record or of a filter.

    >>> tag("São Paulo ")
    'sao paulo'
    """
    return " ".join(plain(text).split())
