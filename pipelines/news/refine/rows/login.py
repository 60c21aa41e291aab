"""The simulated login flag of data without one; every figure that depends on it must say so."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

BASE, PER_LOG_CLICK = -3.80, 1.25


def simulated_login(user_ids: Sequence[str], clicks: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Simulated logins: P(logged in) = sigmoid(-3.80 + 1.25 ln clicks), drawn by a stable hash of the user id.

    The two numbers give the portal's own shares: a fifth of the users with nearly half of the clicks.

    Args:
        user_ids: n ids.
        clicks: int (n), clicks of each user, at least 1.

    Returns:
        bool (n), the same for the same ids and clicks on every machine.
    """
    draws = np.fromiter((_draw(user_id) for user_id in user_ids), np.float64, len(user_ids))
    chance = 1.0 / (1.0 + np.exp(-(BASE + PER_LOG_CLICK * np.log(clicks))))
    return draws < chance


def _draw(user_id: str) -> float:
    """A number in 0..1 that depends on nothing but the id."""
    return int.from_bytes(blake2b(user_id.encode(), digest_size=8).digest(), "big") / 2**64
