"""The parts that one answer lacks: when a part fails, the answer lacks only that part."""

import logging
import time
from collections.abc import Collection
from types import TracebackType

log = logging.getLogger("pauta.recommend")
SILENT_SECONDS = 60.0  # between two log lines of a part that fails with every request


class FailureLog:
    """Logs failures of parts, each part once in ``SILENT_SECONDS``; all requests share it."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def note(self, part: str, error: BaseException) -> None:
        """Log a failure, unless the part failed a moment ago.

        Args:
            part: what failed.
            error: logged with its traceback.
        """
        now = time.monotonic()
        if now - self._last.get(part, -SILENT_SECONDS) >= SILENT_SECONDS:
            self._last[part] = now
            log.warning("%s failed", part, exc_info=error)


class Degradation:
    """The parts that one answer lacks.

    Args:
        failures: logs them.
        missing: parts that were missing from the beginning.
        needed: parts whose errors are raised, for callers that cannot do without them.

    >>> degraded = Degradation(FailureLog(), ["ranker"])
    >>> with degraded.part("texts"):
    ...     pass
    >>> degraded.names()
    ['ranker']
    """

    def __init__(self, failures: FailureLog, missing: Collection[str] = (), needed: Collection[str] = ()) -> None:
        self._failures, self._names, self._needed = failures, list(missing), needed

    def part(self, name: str) -> "Part":
        """A block of code that may fail: an error ends the block, and the part counts as missing.

        Args:
            name: as in ``degraded`` of the answer.
        """
        return Part(self, name)

    def names(self) -> list[str]:
        """The missing and failed parts, each once, in the order in which they were noted."""
        return list(dict.fromkeys(self._names))

    def note(self, name: str, error: BaseException) -> bool:
        """Count a part as failed; returns whether the answer can do without it.

        Args:
            name: as in ``degraded`` of the answer.
            error: logged with its traceback.
        """
        if name in self._needed:
            return False
        self._names.append(name)
        self._failures.note(name, error)
        return True


class Part:
    """The block of one part."""

    __slots__ = ("_name", "_of")

    def __init__(self, of: Degradation, name: str) -> None:
        self._of, self._name = of, name

    def __enter__(self) -> None:
        """Nothing is prepared."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        return isinstance(error, Exception) and self._of.note(self._name, error)
