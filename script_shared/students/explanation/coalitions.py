"""The chance of lagging for every mixture of a student's own values and typical ones: what Shapley values are made of.

A mixture is a number: where bit ``i`` is set, player ``i`` has the student's values, else typical ones.
"""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import Float64s, FloatArray, IntArray
from script_shared.students.members.forest import Forest
from script_shared.students.members.trees import LEAF, Trees
from script_shared.students.members.xgboost_trees import XgboostTrees
from script_shared.students.risk_model import Member, RiskModel


def mixture_chances(model: RiskModel, own: FloatArray, players: Sequence[Sequence[int]]) -> Float64s:
    """float64 (2 ** players): the calibrated chance of lagging of each mixture.

    Args:
        own: (features) of the student, none of them nan.
        players: the columns of each player; others are as they are in ``own``.
    """
    raw = np.mean([_raw(member, own, model.typical, players) for member in model.members.values()], axis=0)
    chances: Float64s = model.calibration.apply(np.stack([raw, raw], axis=1))[:, 0]
    return chances


def _raw(member: Member, own: FloatArray, typical: FloatArray, players: Sequence[Sequence[int]]) -> Float64s:
    if isinstance(member, Forest):  # its chance is linear in the leaves, so all replicates are one
        return _sums(member, member.roots[0].ravel(), own, typical, players) / member.roots[0].size
    if isinstance(member, XgboostTrees):
        sums = [_sums(member.trees, roots, own, typical, players) for roots in member.trees.roots[0]]
        return member.chances(np.stack(sums, axis=1), member.base[:, 0]).mean(axis=1)
    found: Float64s = member.predict(_rows(own, typical, players))[:, :, 0].mean(axis=1)
    return found


def _rows(own: FloatArray, typical: FloatArray, players: Sequence[Sequence[int]]) -> FloatArray:
    mixtures = np.arange(2 ** len(players))
    rows = np.repeat(own[None, :], len(mixtures), axis=0)
    for player, columns in enumerate(players):
        out = np.flatnonzero(mixtures >> player & 1 == 0)
        rows[out[:, None], np.asarray(columns)] = typical[list(columns)]
    return rows


def _sums(
    trees: Trees, roots: IntArray, own: FloatArray, typical: FloatArray, players: Sequence[Sequence[int]]
) -> Float64s:
    """float64 (2 ** players): sum of the leaves' values over the trees with these roots, of each mixture, in one walk.

    A path splits only where the student and the typical one differ. Each leaf that is reached says which players had to
    be in and which out; it counts for all mixtures that agree.
    """
    size = 2 ** len(players)
    values, in_, out = _leaves(trees, roots, own, typical, _bits(players, len(own)))
    sums = np.asarray(np.bincount(in_ * size + out, values, minlength=size * size), np.float64)
    _add_subsets(sums, 2 * len(players))
    mixtures = np.arange(size)
    found: Float64s = sums[mixtures * size + (size - 1 - mixtures)]
    return found


def _bits(players: Sequence[Sequence[int]], columns: int) -> IntArray:
    bits = np.zeros(columns, np.int64)
    for player, own in enumerate(players):
        bits[list(own)] = 1 << player
    return bits


def _leaves(
    trees: Trees, roots: IntArray, own: FloatArray, typical: FloatArray, bits: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """Values of the leaves that any mixture reaches, and the players in and out on the way to each."""
    mine, usual = own.astype(np.float32), np.where(bits == 0, own, typical).astype(np.float32)
    nodes = roots.astype(np.intp)
    in_, out = np.zeros(len(nodes), np.int64), np.zeros(len(nodes), np.int64)
    found: list[tuple[FloatArray, IntArray, IntArray]] = []
    while len(nodes):
        inner = trees.feature[nodes] != LEAF
        ends = ~inner
        found.append((trees.value[nodes[ends]], in_[ends], out[ends]))
        nodes, in_, out = nodes[inner], in_[inner], out[inner]
        column, threshold = trees.feature[nodes], trees.threshold[nodes]
        left, right, bit = trees.left[nodes], trees.right[nodes], bits[column]
        mine_left, usual_left = mine[column] <= threshold, usual[column] <= threshold
        parted = np.where(mine_left == usual_left, 0, bit)
        go_in, go_out = parted & out == 0, (parted != 0) & (parted & in_ == 0)
        nodes = np.concatenate([np.where(mine_left, left, right)[go_in], np.where(usual_left, left, right)[go_out]])
        in_, out = (
            np.concatenate([(in_ | parted)[go_in], in_[go_out]]),
            np.concatenate([out[go_in], (out | parted)[go_out]]),
        )
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))  # type: ignore[return-value]


def _add_subsets(sums: FloatArray, bits: int) -> None:
    """Add to each place the places of all subsets of its bits, in place."""
    for bit in range(bits):
        halves = sums.reshape(-1, 2, 1 << bit)
        halves[:, 1] += halves[:, 0]
