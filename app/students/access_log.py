"""Writes looks at students into the access record before their answers are sent, several in one transaction."""

import asyncio
import contextlib
from collections.abc import Sequence

from script_shared.errors import PautaError, UnavailableError
from script_shared.students.database.access_record import AccessRecord, Look

CHECKPOINT = 10_000  # looks after which SQLite's log of changes, 4 kB each, is emptied; then a look waits for the disk
Waiting = tuple[Sequence[Look], "asyncio.Future[None]"]


class AccessLog:
    """Args:
    record: where looks are written.

    Attributes:
        record: the same, to read.
    """

    def __init__(self, record: AccessRecord) -> None:
        self.record = record
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._direct = 0

    async def add(self, looks: Sequence[Look]) -> None:
        """Write looks; returns once they are in the record.

        Raises:
            UnavailableError: they are not, so the answer must not be sent.
        """
        if not looks or (len(looks) == 1 and self._written_now(looks[0])):
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((looks, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await written

    def _written_now(self, look: Look) -> bool:
        """Write one look without leaving the event loop, where that takes microseconds."""
        if self._waiting or not self.record.add_now(look):
            return False
        self._direct += 1
        if self._direct % CHECKPOINT == 0 and (self._tidying is None or self._tidying.done()):
            self._tidying = asyncio.create_task(self._tidy())
        return True

    async def _tidy(self) -> None:
        with contextlib.suppress(PautaError):  # the looks are in the record; the next time does the same
            await asyncio.to_thread(self.record.checkpoint)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            failed: PautaError | None = None
            try:
                await asyncio.to_thread(self.record.add, [look for looks, _ in batch for look in looks])
            except PautaError as error:
                failed = error
            except Exception as error:  # noqa: BLE001  any error: nobody may wait for ever or get the answer
                failed = UnavailableError("the access record cannot be written.", private=str(error))
            for _, written in batch:
                if written.done():  # its request was cancelled
                    continue
                if failed is None:
                    written.set_result(None)
                else:
                    written.set_exception(failed)
