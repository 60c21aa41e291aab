"""Who was erased, as this process knows it: read from the event log again when the last reading is a second old."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.events.entry import user_digest

SECONDS = 1.0


class ErasedPeople:
    """Args:
    log: the event log that holds the erasures.
    name_of: what the log calls a person of the use case, given the person's id.
    """

    def __init__(self, log: EventLog, name_of: Callable[[str], str]) -> None:
        self._log, self._name_of = log, name_of
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

    async def erase(self, person: str) -> None:
        """Erase a person for every process and for later runs.

        Raises:
            UnavailableError: the log cannot be written.
        """
        await asyncio.to_thread(self._log.erase, self._name_of(person))
        self._read_at = float("-inf")
        await self.follow()

    def digests(self) -> frozenset[str]:
        """Digests of all who were erased, read from the log now; blocks.

        Raises:
            UnavailableError: the log cannot be read.
        """
        return frozenset(self._log.erased())

    def has(self, person: str) -> bool:
        """Whether a person was erased; free while nobody was."""
        return bool(self._digests) and user_digest(self._name_of(person)) in self._digests
