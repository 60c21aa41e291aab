"""Whether the release store could be read the last time, and since when it could not."""

import logging

from app.metrics.use_case_metrics import ReleaseCounts
from script_shared.clock import wall_ms
from script_shared.times import iso

log = logging.getLogger("pauta.live")


class StoreState:
    """The results of reading the release store.

    Attributes:
        error: why the last read failed, None if it did not.
        from_cache: whether the release in service comes from the cache, because the store could not be read.
    """

    def __init__(self, counts: ReleaseCounts) -> None:
        self._counts = counts
        self.error: str | None = None
        self.from_cache = False
        self._since_ms: int | None = None
        self._read = False

    def note_failure(self, error: str) -> None:
        """Note a read that failed."""
        self.error = error
        self._since_ms = self._since_ms or wall_ms()
        self._counts.store_failed()
        log.warning("release store: %s", error)

    def note_answer(self) -> None:
        """Note a read that found the pointer, or found that there is none yet."""
        self.error, self._since_ms, self.from_cache, self._read = None, None, False, True
        self._counts.store_answered()

    @property
    def text(self) -> str:
        """The state in words."""
        if self._since_ms is None:
            return "reachable" if self._read else "not read yet"
        cache = "; the release in service comes from the cache" if self.from_cache else ""
        return f"unreachable since {iso(self._since_ms)}{cache}"
