"""A shift of a column as a plain sentence."""

from collections.abc import Sequence

import numpy as np

from pipelines.drift.shift import Term
from script_shared.arrays import FloatArray, IntArray

NOTED = 0.05  # change of the share of missing values from which a sentence names it
NAMED = 4  # terms that a sentence names
SIZES = ((0.2, "hardly"), (0.5, "a little"), (0.8, "clearly"), (np.inf, "strongly"))  # Cohen's words for d


def sentence_of_numbers(
    name: str, before: FloatArray, now: FloatArray, effect: float, missing: tuple[float, float]
) -> str:
    """What changed in a column of numbers.

    >>> sentence_of_numbers("ida", np.array([6.0, 7, 8]), np.array([4.0, 5, 6]), -2.0, (0.0, 0.0))
    'ida fell strongly: the mean is 5.00, before it was 7.00 (-2.0 standard deviations).'
    """
    parts = []
    if not np.isnan(effect):
        size = next(word for most, word in SIZES if abs(effect) < most)
        means = f"the mean is {np.nanmean(now):.2f}, before it was {np.nanmean(before):.2f}"
        verb = f"{'rose' if effect > 0 else 'fell'} {size}" if size != "hardly" else "has another spread"
        parts.append(f"{name} {verb}: {means} ({effect:+.1f} standard deviations).")
    return " ".join([*parts, *_of_missing(name, missing)]) or f"{name} has other values."


def sentence_of_categories(
    name: str,
    texts: Sequence[str],
    before: IntArray,
    now: IntArray,
    missing: tuple[float, float],
    new: Sequence[str],
) -> str:
    """What changed in a column of categories: the one whose share changed most, and those that are new.

    >>> sentence_of_categories("school", ["private", "public"], np.array([1, 3]), np.array([2, 2]), (0.0, 0.0), ())
    'school: the share of private is 50 %, before it was 25 %.'
    """
    parts = []
    if len(texts) and before.sum() and now.sum():
        shares = before / before.sum(), now / now.sum()
        most = int(np.argmax(np.abs(shares[1] - shares[0])))
        parts.append(
            f"{name}: the share of {texts[most]} is {_percent(shares[1][most])}, "
            f"before it was {_percent(shares[0][most])}."
        )
    if new:
        parts.append(f"{name} has new values: {', '.join(new)}.")
    return " ".join([*parts, *_of_missing(name, missing)]) or f"{name} has other values."


def sentence_of_terms(name: str, terms: Sequence[Term], missing: tuple[float, float]) -> str:
    """The terms of a text column that are more frequent now, and those that are less frequent.

    >>> sentence_of_terms("title", [Term("eleicao", 0.3, 0.2, 0.02, 0.2), Term("copa", 0.2, 0.1, 0.1, 0.01)], (0, 0))
    'title: more of eleicao (2 % to 20 %); less of copa (10 % to 1 %).'
    """
    parts = []
    for word, moved in (("more", [t for t in terms if t.share > t.share_before]),
                        ("less", [t for t in terms if t.share < t.share_before])):  # fmt: skip
        if moved:
            texts = [f"{t.term} ({_percent(t.share_before)} to {_percent(t.share)})" for t in moved[:NAMED]]
            parts.append(f"{word} of {', '.join(texts)}")
    found = [f"{name}: {'; '.join(parts)}."] if parts else []
    return " ".join([*found, *_of_missing(name, missing)]) or f"{name} has other texts."


def _of_missing(name: str, missing: tuple[float, float]) -> list[str]:
    before, now = missing
    if abs(now - before) < NOTED:
        return []
    return [f"{name} is missing in {_percent(now)} of the rows, before in {_percent(before)}."]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
