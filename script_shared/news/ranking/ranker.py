"""The trained ranker: LightGBM trees, a network whose scores are added, the names of its features, its segments."""

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from script_shared.arrays import Float32s, Float64s, FloatArray
from script_shared.compiled.decision_trees import DecisionTrees
from script_shared.compiled.finalist_code import Cut, FinalistRanking
from script_shared.errors import ReleaseCorruptError
from script_shared.news.ranking.candidates import Candidates
from script_shared.news.ranking.features import FEATURES, columns
from script_shared.news.ranking.leaf_shares import LeafShares
from script_shared.news.ranking.score_net import ScoreNet
from script_shared.throttle import yield_cpu

if TYPE_CHECKING:
    from lightgbm import Booster

MODEL, FACTS = "ranker.txt", "ranker.json"
DUMPED = 10  # trees described before the thread yields
FIRST_TREES = 25  # trees that score all candidates
FINALISTS = 40  # the best of these candidates get the score of all trees
APART = 1e-3  # the least distance between the finalists and the other candidates


class Ranker:
    """Scores candidates by their features.

    Attributes:
        booster: the LightGBM model.
        names: its features, in the order of its columns.
        segments: those that it orders lists for; None for all.
        net: whose scores are added to those of the trees; None for trees alone.
    """

    def __init__(
        self,
        booster: "Booster",
        names: Sequence[str],
        segments: Sequence[str] | None = None,
        net: ScoreNet | None = None,
    ) -> None:
        self.booster, self.names, self.net = booster, tuple(names), net
        self.segments = tuple(segments) if segments is not None else None
        self._trees = booster.num_trees()

    @property
    def uses_compiled_trees(self) -> bool:
        """Whether C code scores the trees; LightGBM does if the code was not built or does not support them."""
        return self._tree_code is not None

    def serves(self, segment: str) -> bool:
        """Whether it orders the lists of a segment; it does not if the order without it was better."""
        return self.segments is None or segment in self.segments

    def rank(self, found: Candidates) -> Float64s:
        """float64 (m): the scores of a request's candidates, higher is better.

        Args:
            found: m candidates.
        """
        return self._rank(columns(found, self.names))

    def rank_rows(self, features: FloatArray) -> Float64s:
        """The same for a matrix with the columns ``names``: the scores that are served, and so also evaluated.

        The first trees score all rows; the best of these get the score of all trees and of the network. The others
        are placed below.

        Args:
            features: float (m, columns).

        Returns:
            float64 (m).
        """
        return self._rank(features.T)

    def _rank(self, columns: FloatArray) -> Float64s:
        if columns.shape[1] <= FINALISTS or self._trees <= FIRST_TREES:
            return self._rest(columns, 0)
        if columns.dtype == np.float32 and self._ranking is not None:
            return self._ranking.rank(np.ascontiguousarray(columns))
        scores = self._predict(columns, 0, FIRST_TREES)
        places = np.argsort(-scores, kind="stable")
        finalists, others = places[:FINALISTS], places[FINALISTS:]
        scores[finalists] += self._rest(columns[:, finalists], FIRST_TREES)
        scores[others] += min(0.0, scores[finalists].min() - scores[others].max() - APART)
        return scores

    def score(self, features: FloatArray) -> Float64s:
        """float64 (m): the scores of a matrix with the columns ``names``, by all trees and the network.

        Args:
            features: float (m, columns).
        """
        return self._rest(features.T, 0)

    def _rest(self, columns: FloatArray, start: int) -> Float64s:
        """float64 (m): what the trees from number ``start`` on and the network add, of float (columns, m)."""
        added = self._predict(columns, start, -1)
        return added if self.net is None else added + self.net.score(columns.T)

    def _predict(self, columns: FloatArray, start: int, trees: int) -> Float64s:
        """float64 (m): what ``trees`` trees from number ``start`` on add; -1 for all that follow it.

        Args:
            columns: float (columns, m).
        """
        if not columns.shape[1]:
            return np.zeros(0)
        if columns.dtype == np.float32 and self._tree_code is not None:
            return self._tree_code.score(columns, start, trees)
        added: Float64s = self.booster.predict(  # type: ignore[assignment]
            np.ascontiguousarray(columns.T),
            start_iteration=start,
            num_iteration=trees,
            num_threads=1,
            validate_features=False,
            predict_disable_shape_check=True,
        )
        return added

    def contributions(self, features: FloatArray) -> Float32s:
        """float32 (m, features): what each feature adds to the score of the trees, see :class:`LeafShares`.

        Args:
            features: float (m, columns).
        """
        return self.leaf_shares.of(features)

    @cached_property
    def leaf_shares(self) -> LeafShares:
        """The shares of every leaf; making them takes about 0.1 s, so ``load`` does it."""
        return LeafShares(self.booster, self._roots)

    @cached_property
    def _roots(self) -> list[dict[str, Any]]:
        trees: list[dict[str, Any]] = []
        for start in range(0, self._trees, DUMPED):
            some = self.booster.dump_model(start_iteration=start, num_iteration=DUMPED)["tree_info"]
            trees.extend(tree["tree_structure"] for tree in some)
            yield_cpu()
        return trees

    @cached_property
    def _tree_code(self) -> DecisionTrees | None:
        return DecisionTrees.of(self.booster.dump_model(num_iteration=1), self._roots)

    @cached_property
    def _ranking(self) -> FinalistRanking | None:
        trees = self._tree_code
        cut = Cut(FIRST_TREES, FINALISTS, APART)
        return None if trees is None else FinalistRanking(trees, len(self.names), self.net, cut)

    def save(self, folder: Path) -> None:
        """Write the model and its features' names.

        Args:
            folder: created if missing.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.booster.save_model(folder / MODEL)
        if self.net is not None:
            self.net.save(folder)
        (folder / FACTS).write_text(json.dumps({"features": self.names, "segments": self.segments}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Ranker":
        """Read a saved ranker.

        Args:
            folder: where it was saved.

        Raises:
            ReleaseCorruptError: it is missing or damaged, or needs features that do not exist.
        """
        from lightgbm import Booster
        from lightgbm.basic import LightGBMError

        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            names, segments = facts["features"], facts.get("segments")
            booster = Booster(model_str=(folder / MODEL).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, LightGBMError) as error:
            message = f"{folder}: not a readable ranker ({error})."
            raise ReleaseCorruptError(message, fix="Train it again.") from error
        unknown = [name for name in names if name not in FEATURES]
        if unknown or booster.num_feature() != len(names):
            raise ReleaseCorruptError(
                f"{folder}: features {unknown} do not exist in this version.", fix="Train it again."
            )
        ranker = cls(booster, names, segments, ScoreNet.load(folder, len(names)))
        nothing = np.zeros((1, len(names)), np.float32)
        ranker.contributions(nothing)  # computes the shares before a request needs them
        ranker.rank_rows(np.zeros((FINALISTS + 1, len(names)), np.float32))  # also builds the compiled trees now
        ranker.__dict__.pop("_roots", None)  # 10 MB, and 65,000 objects at which each garbage collection would look
        return ranker
