"""One independent stream of random numbers per part of the world, so that changing one part leaves the others."""

from zlib import crc32

import numpy as np
import numpy.typing as npt


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of one named part; the same seed and name give the same numbers on every machine.

    Args:
        seed: of the world.
        part: name of what is drawn, so that a change in one part leaves the others as they are.
    """
    return np.random.default_rng([seed, crc32(part.encode())])


def hex_ids(rng: np.random.Generator, count: int, size: int) -> list[str]:
    """``count`` random ids of ``2 * size`` lower-case hex characters."""
    text, width = rng.bytes(count * size).hex(), 2 * size
    return [text[start : start + width] for start in range(0, count * width, width)]


def choose(rng: np.random.Generator, weights: npt.ArrayLike, count: int) -> npt.NDArray[np.int64]:
    """``count`` rows drawn with chances proportional to ``weights``, by inversion."""
    edges = np.cumsum(np.asarray(weights, np.float64))
    return np.minimum(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), len(edges) - 1)
