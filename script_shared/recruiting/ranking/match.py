"""The match classifier: how likely it is that an application ends in a hire, calibrated.

Most of what it knows is which vacancies are filled; see docs/recruiting.md, How well it works. Answers show it, but
never order by it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from script_shared.arrays import FloatArray, IntArray
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.features.match_features import NAMES, from_pair_features, match_features
from script_shared.recruiting.features.world import World
from script_shared.recruiting.ranking.applicant_order import ApplicantOrder
from script_shared.recruiting.ranking.boosted import load_booster, save_booster, scores_of

if TYPE_CHECKING:
    from lightgbm import Booster

FILE, FACTS = "match.txt", "match.json"


@dataclass(frozen=True)
class Match:
    """The fitted classifier.

    Attributes:
        slope, shift: Platt's scaling of the trees' score.
        order: of the applicants of one vacancy; None if there were too few vacancies to learn from.
    """

    booster: "Booster"
    slope: float = 1.0
    shift: float = 0.0
    order: ApplicantOrder | None = None

    def of_features(self, features: FloatArray) -> FloatArray:
        """(n) chances from rows of features.

        Args:
            features: float (n, features), nan where nothing is known.

        Returns:
            float64 (n), 0 to 1, calibrated.
        """
        found: FloatArray = 1 / (
            1 + np.exp(-np.clip(self.slope * scores_of(self.booster, features) + self.shift, -50, 50))
        )
        return found

    def chances(self, world: World, candidates: IntArray, vacancies: IntArray, day: int) -> FloatArray:
        """(n) chances that pairs end in a hire.

        Args:
            world: facts, vectors and activity.
            candidates: int (n), rows.
            vacancies: int (n), rows.
            day: days since 1970-01-01; later decisions are ignored.

        Returns:
            float64 (n), calibrated, 0..1.
        """
        return self.of_features(match_features(world, candidates, vacancies, day))

    def chances_of(
        self, world: World, features: FloatArray, candidates: IntArray, vacancies: IntArray, day: int
    ) -> FloatArray:
        """(n) the same chances from features of the pairs that were computed before.

        Args:
            world: facts, vectors and activity.
            features: float32 (n, features), as ``pair_features`` makes them.
            candidates: int (n), rows.
            vacancies: int (n), rows.
            day: days since 1970-01-01, of the features.

        Returns:
            float64 (n), calibrated, 0..1.
        """
        return self.of_features(from_pair_features(world, features, candidates, vacancies, day))

    def in_order(self, features: FloatArray) -> FloatArray:
        """(n) scores of the applicants of one vacancy from rows of features; without an order their chances.

        Args:
            features: float (n, features), nan where nothing is known.

        Returns:
            float64 (n), comparable within this call only.
        """
        return self.order.of_features(features) if self.order else self.of_features(features)

    def save(self, folder: Path) -> None:
        """Write ``match.txt`` and ``match.json``.

        Args:
            folder: an existing folder.
        """
        save_booster(self.booster, folder / FILE)
        order = self.order.facts() if self.order else None
        facts = {"slope": self.slope, "shift": self.shift, "order": order}
        (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Match":
        """Read it.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            slope, shift = float(facts["slope"]), float(facts["shift"])
            order = ApplicantOrder.of(facts["order"]) if facts.get("order") else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseCorruptError(f"{folder / FACTS}: not readable.", fix="Train it again.") from error
        return cls(load_booster(folder / FILE, NAMES), slope, shift, order)
