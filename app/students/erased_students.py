"""Who was erased, as this process knows it: read from the event log again when the last reading is a second old."""

import asyncio
import contextlib
import time

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.students.erasure import are_erased, person_name

SECONDS = 1.0


class ErasedStudents:
    """Args:
    log: the event log that holds the erasures.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._digests: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    async def follow(self) -> None:
        """Read the erasures where that is due; while the log is unreachable, those known before count.

        Raises:
            UnavailableError: the log was never read, so nobody knows who was erased.
        """
        if time.monotonic() - self._read_at < SECONDS:
            return
        first = self._read_at == float("-inf")
        with contextlib.nullcontext() if first else contextlib.suppress(UnavailableError):
            self._digests = frozenset(await asyncio.to_thread(self._log.erased))
        self._read_at = time.monotonic()

    async def erase(self, ra: str) -> None:
        """Erase a student for every process and for later runs.

        Raises:
            UnavailableError: the log cannot be written.
        """
        await asyncio.to_thread(self._log.erase, person_name(ra))
        self._read_at = float("-inf")
        await self.follow()

    def digests(self) -> frozenset[str]:
        """Digests of all who were erased, read from the log now; blocks.

        Raises:
            UnavailableError: the log cannot be read.
        """
        return frozenset(self._log.erased())

    def has(self, ra: str) -> bool:
        """Whether a student was erased."""
        return are_erased([ra], self._digests)[0]
