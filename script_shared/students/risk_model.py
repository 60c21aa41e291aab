"""The model: chances of a student to lag and to be critical next year, calibrated, with intervals and thresholds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from script_shared.arrays import Float64s, FloatArray, Int8s, IntArray
from script_shared.errors import ReleaseCorruptError
from script_shared.students.features import Columns, Ruler, matrix, require_features
from script_shared.students.members.boosted import BoostedTrees
from script_shared.students.members.forest import Forest
from script_shared.students.members.logistic import Logistic
from script_shared.students.members.xgboost_trees import XgboostTrees

FACTS = "risk.json"
TINY = 1e-6  # chances are kept away from 0 and 1 by it before they are calibrated


class Member(Protocol):
    """One kind of model; the mean of the members' chances is the ensemble's."""

    def predict(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate.

        Args:
            features: float (n, features).
        """

    def save(self, folder: Path) -> None:
        """Write it below the folder.

        Args:
            folder: of the model.
        """


KINDS: dict[str, Any] = {"logistic": Logistic, "forest": Forest, "lightgbm": BoostedTrees, "xgboost": XgboostTrees}


@dataclass(frozen=True)
class Calibration:
    """Platt's scaling of the two chances: sigmoid(slope x logit + shift)."""

    slope: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)

    def apply(self, chances: FloatArray) -> Float64s:
        """(..., 2) calibrated; critical is never more likely than lagging, of which it is a part.

        Args:
            chances: float (..., 2), of lagging and of critical.

        Returns:
            float64, with the shape of ``chances``.
        """
        inside = np.clip(chances, TINY, 1 - TINY)
        logit = np.log(inside / (1 - inside)) * np.asarray(self.slope) + np.asarray(self.shift)
        found: Float64s = 1 / (1 + np.exp(-logit))
        found[..., 1] = np.minimum(found[..., 1], found[..., 0])
        return found


@dataclass(frozen=True)
class Thresholds:
    """From which chance on a student is called what.

    Attributes:
        critical, lagging: of the status; critical is looked at first.
        urgent: chance of critical from which on somebody should look, by the cost table.
    """

    critical: float = 0.5
    lagging: float = 0.5
    urgent: float = 0.5

    def statuses(self, chances: FloatArray) -> Int8s:
        """int8 (n): places in STATUSES of (n, 2) chances.

        Args:
            chances: float (n, 2), of lagging and of critical.
        """
        status: IntArray = np.select([chances[:, 1] >= self.critical, chances[:, 0] >= self.lagging], [2, 1], 0)
        return status.astype(np.int8)


@dataclass(frozen=True)
class Risks:
    """Risks of n records.

    Attributes:
        chances: (n, 2) of lagging and of critical.
        low, high: (n, 2) ends of their intervals.
    """

    chances: Float64s
    low: Float64s
    high: Float64s


@dataclass(frozen=True)
class RiskModel:
    """A fitted model.

    Attributes:
        features: names, in the order of the columns.
        ruler: of the gap.
        typical: (features) median of the training students; is used for what is missing, and is what reasons compare
            with.
        spread: (2, features) 10 % and 90 % points of the training students.
        members: by kind.
        interval: share of the replicates inside an interval.
        facts: what people should know: years, counts.
    """

    features: tuple[str, ...]
    ruler: Ruler
    typical: FloatArray
    spread: FloatArray
    members: Mapping[str, Member]
    calibration: Calibration
    thresholds: Thresholds
    interval: float
    facts: Mapping[str, Any]

    def matrix(self, columns: Columns) -> Float64s:
        """(n, features) of records, nan where something is missing.

        Args:
            columns: float (n) by name, for each name of RECORD.

        Returns:
            float64.
        """
        return matrix(columns, self.features, self.ruler)

    def raw(self, features: FloatArray) -> Float64s:
        """(n, replicates, 2) mean of the members before calibration; what is missing counts as typical.

        Args:
            features: float (n, features), nan where a value is missing.

        Returns:
            float64.
        """
        filled = np.where(np.isnan(features), self.typical, features)
        means: Float64s = np.mean([member.predict(filled) for member in self.members.values()], axis=0)
        return means

    def chances(self, features: FloatArray) -> Float64s:
        """(n, 2) calibrated chances of lagging and of critical.

        Args:
            features: float (n, features), nan where a value is missing.

        Returns:
            float64, each 0 to 1.
        """
        return self.calibration.apply(self.raw(features).mean(axis=1))

    def risks(self, features: FloatArray) -> Risks:
        """Chances and intervals; where a feature is missing, the interval also covers low and high values of it.

        Args:
            features: float (n, features), nan where a value is missing.
        """
        raw = self.raw(features)
        chances, replicates = self.calibration.apply(raw.mean(axis=1)), self.calibration.apply(raw)
        tail = (1 - self.interval) / 2
        low, high = np.quantile(replicates, [tail, 1 - tail], axis=1)
        holed = np.flatnonzero(np.isnan(features).any(axis=1))
        for end in self.spread if len(holed) else ():
            moved = self.chances(np.where(np.isnan(features[holed]), end, features[holed]))
            low[holed], high[holed] = np.minimum(low[holed], moved), np.maximum(high[holed], moved)
        return Risks(chances, np.minimum(low, chances), np.maximum(high, chances))

    def statuses(self, chances: FloatArray) -> Int8s:
        """int8 (n): places in STATUSES of (n, 2) chances.

        Args:
            chances: float (n, 2), of lagging and of critical.
        """
        return self.thresholds.statuses(chances)

    def save(self, folder: Path) -> None:
        """Write ``risk.json`` and the members.

        Args:
            folder: made when missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            "features": self.features,
            "ruler": asdict(self.ruler),
            "typical": self.typical.tolist(),
            "spread": self.spread.tolist(),
            "members": list(self.members),
            "calibration": asdict(self.calibration),
            "thresholds": asdict(self.thresholds),
            "interval": self.interval,
            "facts": dict(self.facts),
        }
        (folder / FACTS).write_text(json.dumps(content, indent=1), encoding="utf-8")
        for member in self.members.values():
            member.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "RiskModel":
        """Read a saved model; nothing is unpickled.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or names a feature that does not exist here.
        """
        try:
            content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            features = tuple(content["features"])
            require_features(features)
            return cls(
                features=features,
                ruler=Ruler(content["ruler"]["first_age"], tuple(content["ruler"]["phases"])),
                typical=_finite(content["typical"], (len(features),)),
                spread=_finite(content["spread"], (2, len(features))),
                members={kind: KINDS[kind].load(folder, len(features)) for kind in content["members"]},
                calibration=Calibration(**{name: tuple(pair) for name, pair in content["calibration"].items()}),
                thresholds=Thresholds(**content["thresholds"]),
                interval=float(content["interval"]),
                facts=content["facts"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"{folder / FACTS}: not a readable model ({type(error).__name__}: {error})."
            raise ReleaseCorruptError(message, fix="Train it again.") from error


def _finite(values: Sequence[Any], shape: tuple[int, ...]) -> FloatArray:
    found = np.asarray(values, float)
    if found.shape != shape or not np.isfinite(found).all():
        raise ValueError(f"numbers of shape {found.shape} instead of {shape}, or not finite")
    return found
