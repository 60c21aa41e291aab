"""The cluster of a user who clicks: as assigned by the release that a live state belongs to."""

from collections.abc import Callable

import numpy as np

from script_shared.arrays import IntArray

MOST_CLUSTERS = 32  # clusters of a higher number are not counted
_REMEMBERED = 20_000  # users; to find one in the release takes 4 µs
Assignment = Callable[[str], int]


def nobody(user: str) -> int:
    """The assignment without a release: no user has a cluster.

    Args:
        user: id of the user.
    """
    return -1


class ReaderClusters:
    """An assignment that forgets erased users, in the log's order; it is handed in and is no part of what is saved."""

    def __init__(self) -> None:
        self._erased: set[int] = set()
        self.assignment = nobody

    @property
    def assignment(self) -> Assignment:
        """The cluster of each user, as the release has it."""
        return self._assignment

    @assignment.setter
    def assignment(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._found: dict[int, int] = {}  # the cluster of users who clicked lately, by key

    def of(self, user: str, key: int) -> int:
        """The cluster of a user given by id and key, -1 for none."""
        if not user or self._assignment is nobody or key in self._erased:
            return -1
        if (cluster := self._found.get(key)) is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            cluster = self._assignment(user)
            cluster = self._found[key] = cluster if cluster < MOST_CLUSTERS else -1
        return cluster

    def forget(self, key: int) -> None:
        """No longer use what the release knows about a user."""
        self._erased.add(key)
        self._found.pop(key, None)

    def arrays(self) -> dict[str, IntArray]:
        """The arrays to save, by name."""
        return {"erased": np.array(sorted(self._erased), np.uint64)}

    def restore(self, arrays: dict[str, IntArray]) -> None:
        """Restore the saved values."""
        self._erased = set(arrays["erased"].tolist())
