"""A small neural network that scores candidates by their features; its scores are added to those of the trees."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from script_shared.arrays import Float32s, FloatArray, IntArray, load_array, save_arrays
from script_shared.errors import ReleaseCorruptError

FOLDER = "net"
SMALLEST = np.float32(1e-3)  # added before the logarithm of a feature that is never negative
LARGEST = np.float32(1e6)  # of a feature and of a weight, so that nothing overflows
BOUND = np.float32(5.0)  # standard deviations at which an input is cut


@dataclass(frozen=True)
class ScoreNet:
    """Two hidden layers of rectified units, and a linear part beside them.

    f features, the logarithms of l of them; a and b units.

    Attributes:
        logs: int64 (l), features whose logarithm is an input, too.
        mean, scale: float32 (f + l), of the inputs in training.
        first, first_bias: float32 (f + l, a) and (a).
        second, second_bias: float32 (a, b) and (b).
        out: float32 (b), weights of the second layer in the score.
        linear: float32 (f + l), weights of the inputs in the score.
    """

    logs: IntArray
    mean: Float32s
    scale: Float32s
    first: Float32s
    first_bias: Float32s
    second: Float32s
    second_bias: Float32s
    out: Float32s
    linear: Float32s

    @property
    def features(self) -> int:
        """How many features it uses."""
        return len(self.mean) - len(self.logs)

    def score(self, features: FloatArray) -> Float32s:
        """float32 (m): the scores of m candidates, higher is better.

        Args:
            features: float (m, f).
        """
        return self.score_inputs(inputs(features, self.logs, self.mean, self.scale))

    def score_inputs(self, values: Float32s) -> Float32s:
        """float32 (m): the same from standardised and bounded inputs.

        Args:
            values: float32 (m, f + l), see ``inputs``.
        """
        units = np.maximum(values @ self.first + self.first_bias, 0)
        units = np.maximum(units @ self.second + self.second_bias, 0)
        scores: Float32s = units @ self.out + values @ self.linear
        return scores

    def save(self, folder: Path) -> None:
        """Write its arrays.

        Args:
            folder: of the ranker; the arrays are in ``net`` there.
        """
        save_arrays(folder / FOLDER, {field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, folder: Path, features: int) -> "ScoreNet | None":
        """Read a saved network; None if the ranker has none.

        Args:
            folder: of the ranker.
            features: how many features the ranker has.

        Raises:
            ReleaseCorruptError: an array is missing or damaged, or the shapes of the arrays do not match.
        """
        if not (folder / FOLDER).is_dir():
            return None
        net = cls(**{field.name: np.array(load_array(folder / FOLDER, field.name)) for field in fields(cls)})
        if not net._fits(features):
            raise ReleaseCorruptError(
                f"{folder / FOLDER}: the arrays do not fit the ranker's {features} features.", fix="Train it again."
            )
        return net

    def _fits(self, features: int) -> bool:
        if self.logs.ndim != 1 or self.logs.dtype.kind not in "iu":
            return False
        width, (a, b) = features + self.logs.size, self.second.shape if self.second.ndim == 2 else (-1, -1)
        shapes = ((width,), (width,), (width, a), (a,), (b,), (b,), (width,))
        arrays = (self.mean, self.scale, self.first, self.first_bias, self.second_bias, self.out, self.linear)
        known = ((self.logs >= 0) & (self.logs < features)).all()
        numbers = all(array.dtype == np.float32 and (abs(array) <= LARGEST).all() for array in (*arrays, self.second))
        alike = all(array.shape == shape for array, shape in zip(arrays, shapes, strict=True))
        return bool(known) and numbers and alike and bool((self.scale > 0).all())


def inputs(features: FloatArray, logs: IntArray, mean: Float32s, scale: Float32s) -> Float32s:
    """float32 (m, f + l): the same as ``bound`` and ``with_logarithms``, standardised and bounded, in half the time.

    Args:
        features: float (m, f).
        logs: int64 (l), features whose logarithm is taken.
        mean, scale: float32 (f + l).
    """
    by_column = features.strides[0] < features.strides[1]  # the last bit of matrix products depends on the memory order
    values = np.empty((len(features), len(mean)), np.float32, "F" if by_column else "C")
    width = len(mean) - len(logs)
    plain, logarithms = values[:, :width], values[:, width:]
    np.maximum(np.minimum(features, LARGEST, out=plain), -LARGEST, out=plain)
    if np.isnan(plain.sum()):
        plain[np.isnan(plain)] = 0.0
    np.log(np.maximum(plain.take(logs, axis=1), 0) + SMALLEST, out=logarithms)
    values -= mean
    values /= scale
    return np.maximum(np.minimum(values, BOUND, out=values), -BOUND, out=values)


def bound(features: FloatArray) -> Float32s:
    """float32 (m, f): features without missing or enormous values.

    Args:
        features: float (m, f).
    """
    return np.clip(np.nan_to_num(np.asarray(features, np.float32), nan=0.0), -LARGEST, LARGEST)


def with_logarithms(features: Float32s, logs: IntArray) -> Float32s:
    """float32 (m, f + l): features and the logarithms of some.

    Args:
        features: float32 (m, f), see ``bound``.
        logs: int64 (l), features whose logarithm is taken.
    """
    values: Float32s = np.concatenate([features, np.log(np.maximum(features[:, logs], 0) + SMALLEST)], axis=1)
    return values
