"""Pairs of candidates and vacancies in lists, with the candidates' earlier applications."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from script_shared.arrays import IntArray
from script_shared.recruiting.features.past import Past, past_of
from script_shared.recruiting.features.world import World


@dataclass(frozen=True)
class PairLists:
    """Pairs on a day.

    Attributes:
        candidates, vacancies: int (n), rows.
        day: days since 1970-01-01.
        past: of the candidates, without the vacancy in a list of one vacancy.
        who: int (n), row of ``past`` of each pair.
        lists: parts of the pairs that are put in order.
        lists_of_vacancies: those of one vacancy each.
    """

    candidates: IntArray
    vacancies: IntArray
    day: int
    past: Past
    who: IntArray
    lists: Sequence[slice]
    lists_of_vacancies: Sequence[slice]

    def take(self, rows: IntArray) -> "PairLists":
        """Some pairs of a single list.

        Args:
            rows: int (m), places of the pairs.
        """
        parts = [slice(0, len(rows))]
        own = {name: getattr(self, name)[rows] for name in ("candidates", "vacancies", "who")}
        return replace(self, **own, lists=parts, lists_of_vacancies=parts if self.lists_of_vacancies else ())


def one_list(world: World, candidates: IntArray, vacancies: IntArray, day: int) -> PairLists:
    """Pairs as one list.

    Args:
        world: facts and activity.
        candidates: int (n), rows.
        vacancies: int (n), rows.
        day: days since 1970-01-01.
    """
    people, who = np.unique(candidates, return_inverse=True)
    things = np.unique(vacancies)
    past = past_of(world, people, int(things[0]) if len(things) == 1 else -1, day)
    lists = [slice(0, len(vacancies))] if len(vacancies) else []
    return PairLists(candidates, vacancies, day, past, who, lists, lists if len(things) == 1 else [])


def lists_of_vacancies(world: World, candidates: Sequence[IntArray], vacancies: Sequence[int], day: int) -> PairLists:
    """Pairs in lists of one vacancy each.

    Args:
        world: facts and activity.
        candidates: rows of the candidates of each list, one or more.
        vacancies: row of the vacancy of each list.
        day: days since 1970-01-01.
    """
    ends = np.cumsum([len(each) for each in candidates]).tolist()
    lists = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    things = np.repeat(np.asarray(vacancies, np.int64), [len(each) for each in candidates])
    people = np.concatenate(candidates)
    return PairLists(people, things, day, past_of(world, people, things, day), np.arange(len(people)), lists, lists)


def of_candidate(world: World, candidate: int, vacancies: IntArray, day: int) -> PairLists:
    """A candidate with vacancies, as one list.

    Args:
        world: facts and activity.
        candidate: row.
        vacancies: int (n), rows, one or more.
        day: days since 1970-01-01.
    """
    count = len(vacancies)
    past = past_of(world, np.asarray([candidate]), int(vacancies[0]) if count == 1 else -1, day)
    lists = [slice(0, count)]
    return PairLists(
        np.full(count, candidate), vacancies, day, past, np.zeros(count, np.int64), lists, lists if count == 1 else ()
    )


def join_lists(parts: Sequence[PairLists]) -> PairLists:
    """The lists of several, one after the other.

    Args:
        parts: one or more, of the same day.
    """
    sizes, pasts = [len(each.who) for each in parts], [each.past for each in parts]
    starts = np.cumsum([0, *sizes]).tolist()
    firsts = np.cumsum([0, *(len(each.rows) for each in pasts)]).tolist()

    def move(name: str) -> list[slice]:
        whole = zip(parts, starts, strict=False)
        return [slice(each.start + by, each.stop + by) for part, by in whole for each in getattr(part, name)]

    return PairLists(
        np.concatenate([each.candidates for each in parts]),
        np.concatenate([each.vacancies for each in parts]),
        parts[0].day,
        Past(
            *(np.concatenate([getattr(each, name) for each in pasts]) for name in ("rows", "days", "grades", "counts"))
        ),
        np.concatenate([each.who + first for each, first in zip(parts, firsts, strict=False)]),
        move("lists"),
        move("lists_of_vacancies"),
    )
