"""The segments: which users belong to each, and its recommender. One table; the first match wins.

A fourth segment is one entry here, and its numbers in the params file. Recommenders are named rather than imported:
Airflow reads this table again and again, and must not load numpy for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from script_shared.errors import InputError

if TYPE_CHECKING:
    from script_shared.arrays import Bools, IntArray
    from script_shared.news.recommenders.base import Recommender


@dataclass(frozen=True)
class Segment:
    """A kind of user.

    Attributes:
        name: as in answers, folders and metrics.
        belongs: given logged, bool (n), and reads, int (n), says who may belong, bool (n).
        where: ``module:class`` of the recommender that is fitted for them and answers them.
    """

    name: str
    belongs: Callable[[Bools, IntArray], Bools]
    where: str

    @cached_property
    def recommender(self) -> type[Recommender]:
        """The class itself, imported when it is first asked for."""
        found: type[Recommender] = resolve_name(self.where)
        return found


def _logs_in(logged: Bools, reads: IntArray) -> Bools:
    return logged.astype(bool)


def _came_back(logged: Bools, reads: IntArray) -> Bools:
    came_back: Bools = reads > 1
    return came_back


def _anybody(logged: Bools, reads: IntArray) -> Bools:
    anybody: Bools = reads >= 0
    return anybody


SEGMENTS: tuple[Segment, ...] = (
    Segment("logged", _logs_in, "script_shared.news.recommenders.hybrid:Hybrid"),
    Segment("semi_logged", _came_back, "script_shared.news.recommenders.grouped:GroupRecommender"),
    Segment("anonymous", _anybody, "script_shared.news.recommenders.popular:Popular"),
)
SEGMENT_NAMES: tuple[str, ...] = tuple(segment.name for segment in SEGMENTS)


def segment_named(name: str) -> Segment:
    """The entry of a segment.

    Args:
        name: such as ``logged``.

    Raises:
        InputError: there is no such segment.
    """
    for segment in SEGMENTS:
        if segment.name == name:
            return segment
    raise InputError(f"segment {name!r} does not exist.", fix=f"Use one of: {', '.join(SEGMENT_NAMES)}.")
