"""Sums up how often served lists had what was clicked, and writes the sums into the log's database."""

import asyncio
import logging
from threading import Lock

from script_shared.clock import wall_ms
from script_shared.errors import UnavailableError
from script_shared.events.database.hit_counts import BUCKET_MS, HitCounts, Hits, Place
from script_shared.news.serving.answer_credits import Credit

WRITE_SECONDS = 5.0
log = logging.getLogger("pauta.hits")


class HitHistory:
    """The sums of this process that are not written yet."""

    def __init__(self) -> None:
        self._waiting: dict[Place, Hits] = {}
        self._lock = Lock()

    def add(self, credit: Credit) -> None:
        """Count a click that was credited to an answer.

        Args:
            credit: what the click says about the answer.
        """
        place = (wall_ms() // BUCKET_MS * BUCKET_MS, credit.segment)
        one = Hits(1, int(credit.hit), int(credit.popular_hit))
        with self._lock:
            self._waiting[place] = self._waiting.get(place, Hits()).plus(one)

    def write(self, counts: HitCounts) -> None:
        """Write what waits; while the database is unreachable it waits on.

        Args:
            counts: of the log's database.
        """
        with self._lock:
            taken, self._waiting = self._waiting, {}
        try:
            counts.add(taken)
        except UnavailableError as error:
            log.warning("hit rates wait to be written: %s", error.log_text)
            with self._lock:
                for place, hits in taken.items():
                    self._waiting[place] = self._waiting.get(place, Hits()).plus(hits)

    async def write_on(self, counts: HitCounts) -> None:
        """Write again and again; ends when cancelled.

        Args:
            counts: of the log's database.
        """
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await asyncio.to_thread(self.write, counts)
