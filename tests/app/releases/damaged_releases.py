"""Damage to releases."""

import re
from pathlib import Path

import numpy as np

ANY_KEY = "64 bits that stand for somebody; others stand for somebody else"
EARLIER = "releases made by an earlier version do not have it"
PLAUSIBLE = "a value that could be true"
TAKEN = {  # damage that no check can detect, and why
    ("live/readers/keys.npy", "noise as values"): ANY_KEY,
    ("live/readers/keys.npy", "huge"): ANY_KEY,
    ("live/sources/keys.npy", "noise as values"): ANY_KEY,
    ("live/sources/keys.npy", "huge"): ANY_KEY,
    ("live/sources/tallies.npy", "noise as values"): PLAUSIBLE,
    ("live/sources/tallies.npy", "huge"): PLAUSIBLE,
    ("live/sources/day.npy", "noise as values"): PLAUSIBLE,
    ("live/sources/day.npy", "huge"): PLAUSIBLE,
    ("live/visits/visits.npy", "noise as values"): ANY_KEY,
    ("live/visits/visits.npy", "huge"): ANY_KEY,
    ("live/visits/users.npy", "noise as values"): ANY_KEY,
    ("live/visits/users.npy", "huge"): ANY_KEY,
    ("live/sources/day.npy", "another kind"): PLAUSIBLE,
    ("live/readers/first_ms.npy", "missing"): EARLIER,
    ("live/readers/spent.npy", "missing"): EARLIER,
    ("live/readers/spent_ms.npy", "missing"): EARLIER,
    ("live/clusters/erased.npy", "one longer"): ANY_KEY,
    ("live/shown/rows.npy", "one longer"): ANY_KEY,
    ("live/sources/usual.npy", "one longer"): PLAUSIBLE,
    ("live/shown_counts/totals.npy", "noise as values"): PLAUSIBLE,
    ("readers/engagement.npy", "huge"): PLAUSIBLE,
    ("catalog/region_names.offsets.npy", "one longer"): "a region without a name, of which no article is",
}


def names_half_a_tree(reason: str) -> bool:
    """Whether a refusal says what is wrong with half a tree: the check's process crashed, or the file's name.

    Which one it is depends on LightGBM's undefined behaviour: it aborts, reads beyond its memory, or reports an error.
    """
    return re.search(r"reading it was ended by SIG(ABRT|SEGV|BUS|FPE|ILL)\b|ranker\.txt", reason) is not None


def wild(folder: Path) -> None:
    rows = np.load(folder / "live/articles/row_of.npy")
    rows[:] = 1_000_000
    np.save(folder / "live/articles/row_of.npy", rows)


def wild_titles(folder: Path) -> None:
    offsets = np.load(folder / "catalog/titles.offsets.npy")
    offsets[1:-1] = 1 << 60
    np.save(folder / "catalog/titles.offsets.npy", offsets)


def half_a_tree(folder: Path) -> None:
    trees = (folder / "ranker/ranker.txt").read_text()
    (folder / "ranker/ranker.txt").write_text(trees[: len(trees) // 2])
