"""Logistic regressions of all replicates as arrays: one for lagging, one for critical, on standardised features."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from script_shared.arrays import Float64s, FloatArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError

NAME = "logistic"


@dataclass(frozen=True)
class Logistic:
    """Fitted weights.

    Attributes:
        mean: (features) taken off each feature.
        scale: (features) by which the rest is divided; above zero.
        weights: (replicates, 2, features) of lagging and of critical.
        bias: (replicates, 2).
    """

    mean: FloatArray
    scale: FloatArray
    weights: FloatArray
    bias: FloatArray

    def predict(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate; no feature is nan.

        Args:
            features: float (n, features).
        """
        scaled = (features - self.mean) / self.scale
        logits = np.einsum("nf,rof->nro", scaled, self.weights) + self.bias
        chances: Float64s = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        return chances

    def save(self, folder: Path) -> None:
        """Write the arrays below ``folder/logistic``.

        Args:
            folder: of the model.
        """
        save_arrays(folder / NAME, vars(self))

    @classmethod
    def load(cls, folder: Path, columns: int) -> "Logistic":
        """Read saved regressions.

        Args:
            folder: of the model.
            columns: features that it must have.

        Raises:
            ReleaseCorruptError: arrays are missing, or of other sizes than the features, or not finite.
        """
        found = {name: load_array(folder / NAME, name) for name in ("mean", "scale", "weights", "bias")}
        replicates = len(found["bias"])
        shapes = {"mean": (columns,), "scale": (columns,), "weights": (replicates, 2, columns), "bias": (replicates, 2)}
        fits = all(found[name].shape == shape and np.isfinite(found[name]).all() for name, shape in shapes.items())
        if not fits or not replicates or not (found["scale"] > 0).all():
            raise ReleaseCorruptError(f"{folder / NAME}: the weights do not fit together.", fix="Train it again.")
        return cls(**found)
