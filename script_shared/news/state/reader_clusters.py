"""The cluster of a user who clicks: as assigned by the release that a live state belongs to."""

from collections.abc import Callable

import numpy as np

from script_shared.arrays import IntArray

MOST_CLUSTERS = 32  # clusters of a higher number are not counted
Assignment = Callable[[str], int]


def nobody(user: str) -> int:
    """The assignment without a release: no user has a cluster.

    Args:
        user: id of the user.
    """
    return -1


class ReaderClusters:
    """An assignment that forgets erased users, in the log's order.

    Attributes:
        assignment: handed in with the release; it is no part of what is saved.
    """

    def __init__(self) -> None:
        self.assignment: Assignment = nobody
        self._erased: set[int] = set()

    def of(self, user: str, key: int) -> int:
        """The cluster of a user given by id and key, -1 for none."""
        if not user or self.assignment is nobody or key in self._erased:
            return -1
        cluster = self.assignment(user)
        return cluster if cluster < MOST_CLUSTERS else -1

    def forget(self, key: int) -> None:
        """No longer use what the release knows about a user."""
        self._erased.add(key)

    def arrays(self) -> dict[str, IntArray]:
        """The arrays to save, by name."""
        return {"erased": np.array(sorted(self._erased), np.uint64)}

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Restore the saved values."""
        self._erased = set(arrays["erased"].tolist())
