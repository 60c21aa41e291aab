"""Gradient-boosted trees of all replicates in LightGBM's own text format: one model for lagging, one for critical."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from script_shared.arrays import Float64s, FloatArray
from script_shared.errors import ReleaseCorruptError

if TYPE_CHECKING:
    from lightgbm import Booster

NAME = "lightgbm"
OUTPUTS = ("lagging", "critical")


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted models.

    Attributes:
        boosters: by replicate the model of lagging and that of critical.
    """

    boosters: Sequence[Sequence["Booster"]]

    def predict(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate.

        Args:
            features: float (n, features).
        """
        if not len(features):
            return np.zeros((0, len(self.boosters), 2))
        found = [[booster.predict(features, num_threads=1) for booster in pair] for pair in self.boosters]
        return np.moveaxis(np.asarray(found), 2, 0)

    def save(self, folder: Path) -> None:
        """Write ``folder/lightgbm/<replicate>-<output>.txt``.

        Args:
            folder: of the model.
        """
        (folder / NAME).mkdir(parents=True, exist_ok=True)
        for replicate, pair in enumerate(self.boosters):
            for output, booster in zip(OUTPUTS, pair, strict=True):
                booster.save_model(folder / NAME / f"{replicate:03d}-{output}.txt")

    @classmethod
    def load(cls, folder: Path, columns: int) -> "BoostedTrees":
        """Read saved models.

        Args:
            folder: of the model.
            columns: features that it must have.

        Raises:
            ReleaseCorruptError: a file is missing, cut short or of another number of features.
        """
        from lightgbm import Booster
        from lightgbm.basic import LightGBMError

        try:
            replicates = len(list((folder / NAME).glob(f"*-{OUTPUTS[0]}.txt")))
            texts = [
                [(folder / NAME / f"{replicate:03d}-{output}.txt").read_text("utf-8") for output in OUTPUTS]
                for replicate in range(replicates)
            ]
            if not texts or not all("\nend of trees\n" in text for pair in texts for text in pair):
                raise ValueError("a model is missing or ends early")
            boosters = [[Booster(model_str=text) for text in pair] for pair in texts]
        except (OSError, ValueError, LightGBMError) as error:
            raise ReleaseCorruptError(f"{folder / NAME}: not readable ({error}).", fix="Train it again.") from error
        if any(booster.num_feature() != columns for pair in boosters for booster in pair):
            raise ReleaseCorruptError(f"{folder / NAME}: of other features.", fix="Train it again.")
        return cls(boosters)
