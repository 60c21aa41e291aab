"""A version of an experiment as it is stored: the shapes of a person, and what the platform adds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from script_shared.experiments.allocation import SLOTS, Interval, slot_of
from script_shared.experiments.experiment import Experiment
from script_shared.times import iso

State = Literal["running", "stopped"]
OUTSIDE = 255  # the place of no variant


@dataclass(frozen=True)
class StoredExperiment:
    """One version. Versions are only added, so the analysis knows who got what at any time.

    Attributes:
        number: counts the versions of all experiments.
        version: counts the versions of this one, from 1.
        key: of the hash that gives users their slots; the same in all versions.
        intervals: the slots of the variants.
        at_ms: when the version was made, epoch milliseconds of the wall clock.
        by, why: who made it, and the reason.
    """

    number: int
    version: int
    state: State
    experiment: Experiment
    key: bytes
    intervals: Sequence[Interval]
    at_ms: int
    by: str
    why: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.experiment.name

    @cached_property
    def _owners(self) -> bytes:
        """The place of a variant by slot; ``OUTSIDE`` for no variant."""
        places = {name: place for place, name in enumerate(self.experiment.shares)}
        owners = bytearray([OUTSIDE]) * SLOTS
        for interval in self.intervals:
            length = interval.stop - interval.start
            owners[interval.start : interval.stop] = bytes([places[interval.variant]]) * length
        return bytes(owners)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.experiment.shares)

    def variant_of(self, user: str, session: str) -> str | None:
        """The variant of a user, of a visit for a stranger; None for somebody outside the experiment.

        A stranger without a visit cannot be recognised again, and takes no part.
        """
        if not user and not session:
            return None
        place = self._owners[slot_of(user or f"session {session}", self.key)]
        return self._names[place] if place != OUTSIDE else None

    def view(self) -> dict[str, Any]:
        """The form for people, without the key."""
        return {
            **self.experiment.model_dump(mode="json"),
            "version": self.version,
            "state": self.state,
            "changed_at": iso(self.at_ms),
            "changed_by": self.by,
            "why": self.why,
        }


def intervals_text(intervals: Sequence[Interval]) -> str:
    """Intervals as JSON.

    Args:
        intervals: of slots.
    """
    return json.dumps([list(interval) for interval in intervals])


def intervals_of(text: str) -> list[Interval]:
    """The intervals that :func:`intervals_text` wrote.

    Args:
        text: as JSON.
    """
    return [Interval(int(start), int(stop), str(name)) for start, stop, name in json.loads(text)]
