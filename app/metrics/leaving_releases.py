"""Removes the series of a release some minutes after it left service."""

import time
from collections import deque
from collections.abc import Callable, Sequence

KEPT_SECONDS = 300.0  # series of a release stay so long after it, so that its last counts are scraped
REMEMBERED = 100  # releases whose series were removed


class LeavingReleases:
    """The releases of one use case that left service.

    Args:
        leaves: each is called with a release whose series are to be removed.

    Attributes:
        current: the release in service.
    """

    def __init__(self, leaves: Sequence[Callable[[str], None]]) -> None:
        self._leaves = leaves
        self._left: dict[str, float] = {}
        self._removed: deque[str] = deque(maxlen=REMEMBERED)
        self.current: str | None = None

    @property
    def removed_releases(self) -> list[str]:
        """Releases whose series were removed, and which have not come back."""
        return list(self._removed)

    def note_release(self, new: str) -> None:
        """Note the release now in service."""
        if self.current is not None and self.current != new:
            self._left[self.current] = time.monotonic()
        self._left.pop(new, None)
        if new in self._removed:
            self._removed.remove(new)
        self.current = new

    def remove_series(self) -> None:
        """Remove the series of releases that left a while ago."""
        until = time.monotonic() - KEPT_SECONDS
        for release in [release for release, left in list(self._left.items()) if left <= until]:
            del self._left[release]
            for leaves in self._leaves:
                leaves(release)
            self._removed.append(release)
