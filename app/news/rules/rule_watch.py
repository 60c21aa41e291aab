"""Follows the editors' rules in the log database, so that this process applies a change within a second."""

import asyncio
import logging
import threading

from script_shared.errors import UnavailableError
from script_shared.events import EventLog
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_store import RuleStore

log = logging.getLogger("pauta.rules")
MOST_SECONDS = 0.25  # between two looks, however rarely the log is read


class RuleWatch:
    """A thread of its own looks for changes: threads that requests share may all wait for a slow database.

    Args:
        events: the log whose database has the rules.
        poll_seconds: pause between two looks.

    Attributes:
        book: the rules as this process knows them; the last ones that it read while the database is unreachable.
    """

    def __init__(self, events: EventLog, poll_seconds: float) -> None:
        self.book, self.store = RuleBook(), RuleStore(events.rules)
        self._pause = min(poll_seconds, MOST_SECONDS)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="rules", daemon=True)

    async def start(self) -> None:
        """Read the rules, and look for changes from now on."""
        await asyncio.to_thread(self._look)
        self._thread.start()

    async def stop(self) -> None:
        """Stop looking."""
        self._stopped.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join, 10)

    async def refresh(self) -> None:
        """Apply what was written until now.

        Raises:
            UnavailableError: the database is unreachable.
        """
        await asyncio.to_thread(self.store.refresh, self.book)

    def _watch(self) -> None:
        while not self._stopped.wait(self._pause):
            self._look()

    def _look(self) -> None:
        try:
            self.store.refresh(self.book)
        except UnavailableError as error:  # the event log's own state says so in every answer
            log.debug("the rules of the editors cannot be read: %s", error.log_text)
        except Exception:  # a damaged row must not end the watch
            log.exception("the rules of the editors cannot be read")
