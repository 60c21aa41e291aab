"""The releases that variants name, in memory for as long as an experiment needs them."""

import asyncio
import logging

from app.news.events.event_intake import EventIntake
from app.news.releases.news_release import NewsRelease
from app.releases.refusal import one_line
from app.use_case import InService

LOOK_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0  # between two attempts for a release that cannot be loaded
log = logging.getLogger("pauta.experiments")


class SecondReleases:
    """Loads what is wanted, beside the release in service, and drops the rest. Each folds events as that one does.

    Args:
        intake: folds the events.
    """

    def __init__(self, intake: EventIntake) -> None:
        self._intake = intake
        self._wanted: frozenset[str] = frozenset()
        self._loaded: dict[str, NewsRelease] = {}
        self._failed: dict[str, tuple[int, float]] = {}
        self._live: InService[NewsRelease] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, live: InService[NewsRelease]) -> None:
        """Load with the checks of this service's releases."""
        self._live = live

    def want(self, versions: frozenset[str]) -> None:
        """Keep these releases in memory and no others."""
        self._wanted, self._failed = versions, {}
        for version in set(self._loaded) - versions:
            self._drop(version)
        if versions and self._live is not None and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._follow())

    def get(self, version: str) -> NewsRelease | None:
        """A release that is loaded; None while it is not."""
        return self._loaded.get(version)

    async def stop(self) -> None:
        """Stop loading."""
        self._wanted = frozenset()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _follow(self) -> None:
        """Load what is missing, for as long as something is wanted."""
        while self._wanted:
            for version in sorted(self._wanted):
                await self._look(version)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, version: str) -> None:
        assert self._live is not None
        in_service = self._live.service
        if in_service is None or in_service.release == version:
            self._drop(version)  # the release in service answers for the variant
            return
        loaded = self._loaded.get(version)
        newsroom = loaded.recommender.newsroom if loaded is not None else None
        if newsroom is not None and not newsroom.unclean and newsroom.renewals == self._intake.log.renewals:
            return
        failures, again_at = self._failed.get(version, (0, 0.0))
        if asyncio.get_running_loop().time() < again_at:
            return
        try:
            release = await self._live.load_beside(version)
            await self._intake.join(release.recommender.newsroom, release.clock, release.vectoriser)
        except Exception as error:  # noqa: BLE001  whatever a release does: the one in service answers
            pause = min(LONGEST_PAUSE_SECONDS, 2.0**failures)
            self._failed[version] = (failures + 1, asyncio.get_running_loop().time() + pause)
            log.error("release %s of an experiment cannot be loaded: %s", version, one_line(error))
            return
        self._drop(version)
        if version not in self._wanted:
            self._intake.leave(release.recommender.newsroom)
            return
        self._loaded[version] = release
        log.info("release %s is loaded for an experiment", version)

    def _drop(self, version: str) -> None:
        if (release := self._loaded.pop(version, None)) is not None:
            self._intake.leave(release.recommender.newsroom)
