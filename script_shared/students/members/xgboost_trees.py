"""XGBoost's trees, read from its own JSON format into arrays: serving needs no XGBoost."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.arrays import Float64s, FloatArray
from script_shared.errors import ReleaseCorruptError
from script_shared.students.members.boosted import OUTPUTS
from script_shared.students.members.trees import LEAF, Trees

NAME = "xgboost"


@dataclass(frozen=True)
class XgboostTrees:
    """Fitted models.

    Attributes:
        texts: by replicate the JSON of the model of lagging and of that of critical.
        trees: the same as arrays; a leaf's value is its part of the logit.
        base: (replicates, 2) logit of a student before all trees.
    """

    texts: Sequence[Sequence[str]]
    trees: Trees
    base: FloatArray

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> "XgboostTrees":
        """Out of the library's JSON.

        Args:
            texts: models as JSON: for each replicate one for lagging and one for critical.

        Raises:
            KeyError, ValueError, TypeError: a text is no binary model of trees, or they have unequal numbers of trees.
        """
        models = [[json.loads(text)["learner"] for text in pair] for pair in texts]
        every = [[model["gradient_booster"]["model"]["trees"] for model in pair] for pair in models]
        in_order = [[every[replicate][output] for replicate in range(len(every))] for output in range(len(OUTPUTS))]
        base = [[_logit(model["learner_model_param"]["base_score"]) for model in pair] for pair in models]
        return cls(texts, _trees(in_order), np.asarray(base, float))

    def predict(self, features: FloatArray) -> Float64s:
        """float64 (n, replicates, 2): chances of lagging and of critical, by replicate; no feature is nan.

        Args:
            features: float (n, features).
        """
        return self.chances(self.trees.means(features) * self.trees.roots.shape[2], self.base)

    @staticmethod
    def chances(sums: FloatArray, base: FloatArray) -> Float64s:
        """The chances of sums of leaves.

        Args:
            sums: float64 (n, replicates, 2).
            base: float64 (replicates, 2), the logit without trees.

        Returns:
            float64 (n, replicates, 2).
        """
        found: Float64s = 1 / (1 + np.exp(-np.clip(sums + base, -50, 50)))
        return found

    def save(self, folder: Path) -> None:
        """Write ``folder/xgboost/<replicate>-<output>.json``.

        Args:
            folder: of the model.
        """
        (folder / NAME).mkdir(parents=True, exist_ok=True)
        for replicate, pair in enumerate(self.texts):
            for output, text in zip(OUTPUTS, pair, strict=True):
                (folder / NAME / f"{replicate:03d}-{output}.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, columns: int) -> "XgboostTrees":
        """Read saved models.

        Args:
            folder: of the model.
            columns: features that it may look at.

        Raises:
            ReleaseCorruptError: a file is missing, cut short, or looks at features that do not exist.
        """
        try:
            replicates = len(list((folder / NAME).glob(f"*-{OUTPUTS[0]}.json")))
            texts = [
                [(folder / NAME / f"{replicate:03d}-{output}.json").read_text("utf-8") for output in OUTPUTS]
                for replicate in range(replicates)
            ]
            if not texts:
                raise ValueError("no model")
            found = cls.of(texts)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReleaseCorruptError(f"{folder / NAME}: not readable ({error}).", fix="Train it again.") from error
        if not found.trees.sound(columns) or not np.isfinite(found.base).all():
            raise ReleaseCorruptError(f"{folder / NAME}: the trees do not fit together.", fix="Train it again.")
        return found


def _logit(base_score: str) -> float:
    """The library writes the chance as text, a list of one in later versions."""
    chance = float(base_score.strip("[]"))
    return float(np.log(chance / (1 - chance)))


def _trees(by_output: Sequence[Sequence[Sequence[dict[str, Any]]]]) -> Trees:
    """The library goes left below a float32 condition, the arrays at most at a threshold: the number just before."""
    parts: dict[str, list[Any]] = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}
    roots, start = [], 0
    for tree in (tree for output in by_output for replicate in output for tree in replicate):
        left, right = (np.asarray(tree[name], np.int32) for name in ("left_children", "right_children"))
        condition, leaf = np.asarray(tree["split_conditions"], np.float32), left == LEAF
        parts["feature"].append(np.where(leaf, LEAF, np.asarray(tree["split_indices"])).astype(np.int16))
        parts["threshold"].append(np.where(leaf, 0.0, np.nextafter(condition, np.float32(-np.inf))).astype(float))
        parts["left"].append(np.where(leaf, start, left + start).astype(np.int32))
        parts["right"].append(np.where(leaf, start, right + start).astype(np.int32))
        parts["value"].append(np.where(leaf, condition, 0.0).astype(float))
        roots.append(start)
        start += len(left)
    shaped = np.asarray(roots, np.int32).reshape(len(by_output), len(by_output[0]), -1)
    return Trees(shaped, **{name: np.concatenate(arrays) for name, arrays in parts.items()})
