"""Facts of vacancies and candidates as arrays that grow: codes for words that are compared, numbers on ladders."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np

from script_shared.algorithms.words import plain
from script_shared.arrays import Bools, Float32s, FloatArray, IntArray
from script_shared.recruiting.levels import UNKNOWN, academic_rank, language_rank, level_rank
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.texts import words

NONE = -1  # code of a word that is not given
FIRST = 1024  # rows that there is room for at the start
MASK_BITS = 60


class Growing:
    """Columns of numbers with room at the end; reading gives views, adding copies only when the room is used up."""

    def __init__(self, kinds: dict[str, type]) -> None:
        self.length = 0
        self._columns: dict[str, IntArray] = {name: np.zeros(FIRST, kind) for name, kind in kinds.items()}

    def __getitem__(self, name: str) -> IntArray:
        return self._columns[name][: self.length]

    def extend(self, rows: Mapping[str, Sequence[Any] | FloatArray]) -> None:
        """Add rows, given by column."""
        count = len(next(iter(rows.values())))
        for name, values in rows.items():
            column = self._columns[name]
            if self.length + count > len(column):
                room = np.zeros(2 * (self.length + count), column.dtype)
                room[: self.length] = column[: self.length]
                self._columns[name] = column = room
            column[self.length : self.length + count] = values
        self.length += count


class Codes:
    """Words as numbers, in order of their first appearance; "" is NONE."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def of(self, texts: Iterable[str]) -> list[int]:
        """The codes of texts; case, accents and blanks do not matter.

        Args:
            texts: a new one gets the next code, an empty one NONE.
        """
        keys = (" ".join(plain(text).split()) for text in texts)
        return [self.places.setdefault(key, len(self.places)) if key else NONE for key in keys]

    def forget(self, count: int) -> None:
        """Forget the newest words, so that this many are left.

        Args:
            count: words to keep, the oldest.
        """
        while len(self.places) > count:
            self.places.popitem()

    def masks(self, lists: Iterable[Sequence[str]]) -> list[int]:
        """Lists of words as bits, the same in every process; some words share a bit.

        Args:
            lists: of words; case, accents and blanks do not matter.
        """
        keys = ([" ".join(plain(text).split()) for text in each] for each in lists)
        return [sum(1 << bit for bit in {crc32(key.encode()) % MASK_BITS for key in each if key}) for each in keys]


def has_bits(masks: IntArray, of: int) -> Bools:
    """bool (n, of): whether masks have one of the bits that are 0, 1, ... modulo ``of``, a divisor of 60."""
    found: Bools = (masks[:, None] & _bits(of)) != 0
    return found


@cache
def _bits(of: int) -> IntArray:
    """int64 (of): masks of the bits that are 0, 1, ... modulo ``of``."""
    return np.asarray([sum(1 << place for place in range(bit, MASK_BITS, of)) for bit in range(of)])


WORDS = ("city", "state", "client", "title")
VACANCY = {"asked": np.int32, "level": np.float32, "academic": np.float32, "english": np.float32, "spanish": np.float32}
CANDIDATE = {"level": np.float32, "academic": np.float32, "english": np.float32, "spanish": np.float32}


def _places(rank: Callable[[str | None], int], texts: Sequence[str]) -> Float32s:
    """float32 (n): places on a ladder, nan where a text is none of its words."""
    found = np.asarray([rank(text) for text in texts], np.float32)
    return np.where(found == UNKNOWN, np.nan, found).astype(np.float32)


class VacancyFacts:
    """Facts of vacancies by row."""

    def __init__(self) -> None:
        self._codes = {name: Codes() for name in (*WORDS, "contract", "area")}
        self._before: dict[str, int] = {}  # codes of each kind before the latest rows
        masks = {"contract": np.int64, "area": np.int64}
        self.columns = Growing(
            {**VACANCY, **dict.fromkeys(WORDS, np.int32), **masks, "title_words": np.int32, "text_words": np.int32}
        )

    def __getitem__(self, name: str) -> IntArray:
        return self.columns[name]

    def extend(self, vacancies: Sequence[Vacancy]) -> None:
        """Add vacancies at the end."""
        codes = self._codes
        self._before = {name: len(each.places) for name, each in codes.items()}
        self.columns.extend(
            {
                "asked": [each.asked_on for each in vacancies],
                "level": _places(level_rank, [each.level for each in vacancies]),
                "academic": _places(academic_rank, [each.academic for each in vacancies]),
                "english": _places(language_rank, [each.english for each in vacancies]),
                "spanish": _places(language_rank, [each.spanish for each in vacancies]),
                "city": codes["city"].of(each.city for each in vacancies),
                "state": codes["state"].of(each.state for each in vacancies),
                "client": codes["client"].of(each.client for each in vacancies),
                "title": codes["title"].of(" ".join(words(each.title)) for each in vacancies),
                "contract": codes["contract"].masks(each.contract_types for each in vacancies),
                "area": codes["area"].masks(each.areas for each in vacancies),
                "title_words": [len(each.title.split()) for each in vacancies],
                "text_words": [len(f"{each.skills} {each.description}".split()) for each in vacancies],
            }
        )

    def drop(self) -> None:
        """Remove the vacancy that was added last, alone, with the words that only it has."""
        self.columns.length -= 1
        for name, count in self._before.items():
            self._codes[name].forget(count)


class CandidateFacts:
    """Facts of candidates by row."""

    def __init__(self) -> None:
        self.columns = Growing(dict(CANDIDATE))

    def __getitem__(self, name: str) -> IntArray:
        return self.columns[name]

    def extend(self, candidates: Sequence[Candidate]) -> None:
        """Add candidates at the end."""
        self.columns.extend(
            {
                "level": _places(level_rank, [each.level for each in candidates]),
                "academic": _places(academic_rank, [each.academic for each in candidates]),
                "english": _places(language_rank, [each.english for each in candidates]),
                "spanish": _places(language_rank, [each.spanish for each in candidates]),
            }
        )
