"""Follows the editors' rules in the log database, so that this process applies a change within a second."""

import asyncio
import contextlib
import logging

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_store import RuleStore

log = logging.getLogger("pauta.rules")
MOST_SECONDS = 0.5  # between two looks, however rarely the log is read


class RuleWatch:
    """Args:
    events: the log whose database has the rules.
    poll_seconds: pause between two looks.

    Attributes:
        book: the rules as this process knows them; the last ones that it read while the database is unreachable.
    """

    def __init__(self, events: EventLog, poll_seconds: float) -> None:
        self.book, self.store = RuleBook(), RuleStore(events.rules)
        self._pause = min(poll_seconds, MOST_SECONDS)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the rules, and look for changes from now on."""
        await self._look()
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> None:
        """Apply what was written until now.

        Raises:
            UnavailableError: the database is unreachable.
        """
        await asyncio.to_thread(self.store.refresh, self.book)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._pause)
            await self._look()

    async def _look(self) -> None:
        try:
            await self.refresh()
        except UnavailableError as error:  # the event log's own state says so in every answer
            log.debug("the rules of the editors cannot be read: %s", error.logged)
        except Exception:  # a damaged row must not end the watch
            log.exception("the rules of the editors cannot be read")
