"""Writes looks at students into the access record before their answers leave; those of one moment together."""

import asyncio
from collections.abc import Sequence

from script_shared.errors import PautaError, UnavailableError
from script_shared.students.database.access_record import AccessRecord, Look

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

    async def add(self, looks: Sequence[Look]) -> None:
        """Write looks; returns once they are in the record.

        Raises:
            UnavailableError: they are not, so the answer must not leave.
        """
        if not looks:
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((looks, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            failed: PautaError | None = None
            try:
                await asyncio.to_thread(self.record.add, [look for looks, _ in batch for look in looks])
            except PautaError as error:
                failed = error
            except Exception as error:  # noqa: BLE001  whatever it is, nobody may wait for ever or get the answer
                failed = UnavailableError("the access record cannot be written.", private=str(error))
            for _, written in batch:
                if written.done():  # its request was cancelled
                    continue
                if failed is None:
                    written.set_result(None)
                else:
                    written.set_exception(failed)
