"""95 % intervals of means, by resampling users or groups; the same draws serve every column, so differences pair."""

import numpy as np

from script_shared.arrays import FloatArray, IntArray

CHUNK = 50  # resamples drawn at once: 50 x 200,000 users x 4 bytes = 40 MB


def means(values: FloatArray) -> FloatArray:
    """(m,) mean of each column of (n_users, m), users without a value (nan) left out; nan where no user has one.

    Args:
        values: float (n_users, m); nan where a user has no value in that column.

    Returns:
        float64 (m).
    """
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))


def resampled_means(values: FloatArray, resamples: int, seed: int) -> FloatArray:
    """(resamples, m) means of each column, each row over n users drawn with replacement.

    A user is drawn with all columns, so subtracting one column from another gives paired differences.

    Args:
        values: (n_users, m), nan where a user has no value in that column.
        resamples: how many; 0 gives an empty array.
        seed: makes the draws repeatable.

    Returns:
        float64 (resamples, m); nan where no drawn user has a value.
    """
    known = ~np.isnan(values)
    filled, holed = np.where(known, values, 0.0).astype(np.float32), np.flatnonzero(~known.all(axis=0))
    weights = known[:, holed].astype(np.float32)
    draw = np.random.default_rng(seed)
    result = np.empty((resamples, values.shape[1]))
    for start in range(0, resamples, CHUNK):
        drawn = _draws(draw, len(values), min(CHUNK, resamples - start))
        used = np.full((len(drawn), values.shape[1]), len(values), np.float64)
        used[:, holed] = drawn @ weights
        result[start : start + len(drawn)] = _ratio(drawn @ filled, used)
    return result


def resampled_group_means(values: FloatArray, groups: IntArray, resamples: int, seed: int) -> FloatArray:
    """(resamples, m) means of each column, each over groups drawn with replacement; a group is drawn with all its rows.

    Args:
        values: (n, m), nan where a row has no value in that column.
        groups: (n) the group of each row, such as the vacancy that several lists belong to.
        resamples, seed: as in ``resampled_means``.

    Returns:
        float64 (resamples, m); nan where no drawn row has a value.
    """
    names, which = np.unique(groups, return_inverse=True)
    known = ~np.isnan(values)
    sums, counts = np.zeros((2, len(names), values.shape[1]), np.float32)
    np.add.at(sums, which, np.where(known, values, 0.0))
    np.add.at(counts, which, known)
    draw = np.random.default_rng(seed)
    result = np.empty((resamples, values.shape[1]))
    for start in range(0, resamples, CHUNK):
        drawn = _draws(draw, len(names), min(CHUNK, resamples - start))
        result[start : start + len(drawn)] = _ratio(drawn @ sums, drawn @ counts)
    return result


def interval(resampled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(m,) lower and (m,) upper end of the 95 % percentile interval; nan without resamples or values.

    Args:
        resampled: float (resamples, m), as ``resampled_means`` gives them, or differences of two such columns.

    Returns:
        float64 (m) the 2.5 % quantiles, and float64 (m) the 97.5 % quantiles, in the unit of the values.
    """
    columns = resampled.shape[1]
    low, high = np.full(columns, np.nan), np.full(columns, np.nan)
    known = ~np.isnan(resampled).all(axis=0) if len(resampled) else np.zeros(columns, bool)
    if known.any():
        low[known], high[known] = np.nanquantile(resampled[:, known], [0.025, 0.975], axis=0)
    return low, high


def _draws(draw: np.random.Generator, n_users: int, rows: int) -> FloatArray:
    """(rows, n_users) how often each user was drawn."""
    counts = np.zeros((rows, n_users), np.float32)
    for row in counts if n_users else ():
        row += np.bincount(draw.integers(0, n_users, n_users, dtype=np.int32), minlength=n_users)
    return counts


def _ratio(sums: FloatArray, counts: FloatArray) -> FloatArray:
    result = np.full(np.broadcast_shapes(sums.shape, counts.shape), np.nan)
    np.divide(sums, counts, out=result, where=np.broadcast_to(counts > 0, result.shape))
    return result
