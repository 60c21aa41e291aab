"""The circles planted in logged users: a liking that they share and that no text, section or time shows."""

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.streams import stream

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

CIRCLES = ("amber", "cobalt", "coral", "ivory", "jade", "ochre", "ruby", "slate")
SHARE = 0.3  # of the articles appeal to a circle; the others to all alike
LIKING = 150.0  # how much more an article draws the one circle that it appeals to
NOBODY = -1  # the circle of users who are not logged in, and of articles that appeal to all alike


def circles_of_readers(seed: int, logged: npt.NDArray[np.bool_]) -> IntArray:
    """int64[n]: the circle of each logged user, NOBODY for all others."""
    drawn = stream(seed, "circles of readers").integers(0, len(CIRCLES), len(logged))
    return np.where(logged, drawn, NOBODY)


def circles_of_articles(seed: int, count: int) -> IntArray:
    """int64[count]: the circle that each article appeals to, NOBODY for most, whatever the article is about."""
    rng = stream(seed, "circles of articles")
    return np.where(rng.random(count) < SHARE, rng.integers(0, len(CIRCLES), count), NOBODY)


def draw_by_circle(weight: FloatArray, circle: IntArray) -> FloatArray:
    """float64[n_circles + 1, n]: how much each article draws each circle; the last row, NOBODY's, is the weight."""
    likes = np.where(circle == np.arange(len(CIRCLES))[:, None], LIKING, 1.0)
    return np.vstack([weight * likes, weight])
