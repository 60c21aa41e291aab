"""What the routes of news use beside the release in service."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Response

from app.dependencies import Service
from app.http.bodies import BodyRoute
from app.news.events.dating import Dating
from app.news.events.day_keys import DayKeys
from app.news.events.event_intake import EventIntake
from app.news.events.event_proof import EventProof
from app.news.experiments.news_experiments import NewsExperiments
from app.news.list_cache import ListCache
from app.news.metrics.news_metrics import NewsMetrics
from app.news.releases.news_release import NewsRelease
from app.news.rules.rule_watch import RuleWatch
from app.use_case import InService, Parts


class NewsService:
    """The parts of news in one running service, made once with the loader of its releases.

    Attributes:
        settings: where everything is.
        metrics: what news counts.
        intake: the event log's side of this process.
        day_keys: by which answers and networks get pseudonyms.
        event_proof: checks signatures, and notes the origin of events.
        experiments: answers for the variants of running experiments.
        lists: those that are the same for everybody.
        rules: of the editors.
        live: holds the release in service; set at the start of the service.
    """

    live: InService[NewsRelease]

    def __init__(self, parts: Parts) -> None:
        self.settings = parts.settings
        self.metrics = NewsMetrics(parts.metrics)
        self.intake = EventIntake(parts.settings, parts.log, self.metrics.live, parts.log_spans)
        self.day_keys = DayKeys(parts.log.day_keys.of)
        self.event_proof = EventProof(parts.settings, self.day_keys)
        self.experiments = NewsExperiments(parts.experiments, self.intake, self.metrics.experiments)
        self.lists = ListCache()
        self.rules = RuleWatch(parts.log, parts.settings.events_poll_seconds)
        self._watches: list[asyncio.Task[None]] = []

    async def start(self, live: InService[NewsRelease]) -> None:
        """Follow the event log and the day from now on."""
        self.live = live
        await self.rules.start()
        await self.intake.start()
        await self.day_keys.refresh()
        self.experiments.start(live)
        history = self.metrics.live.hit_history
        self._watches = [
            asyncio.create_task(each) for each in (self.day_keys.watch(), history.write_on(self.intake.log.hits))
        ]

    async def stop(self) -> None:
        """Write the entries that wait."""
        for watch in self._watches:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        await asyncio.to_thread(self.metrics.live.hit_history.write, self.intake.log.hits)
        await self.rules.stop()
        await self.experiments.stop()
        await self.intake.stop()

    async def dating(self, *, by_site: bool, believed: bool = True) -> Dating:
        """The times that a request may write now.

        Args:
            by_site: whether it carries the admin token or the signature of the site.
            believed: whether the users of others are signs that the site is live.

        Raises:
            UnavailableError: a release is there, but was not loaded within a few seconds.
        """
        clock, late_hours = await self.live.clock(), self.settings.events_max_late_hours
        return Dating.of(clock, late_hours, by_site=by_site, believed=believed, marked=self.live.service is None)


def news_of(service: Service) -> NewsService:
    """The parts of news in a service that hosts it."""
    return cast("NewsService", service.use_cases["news"].beside)


async def _news(request: Request) -> NewsService:
    return news_of(request.app.state.service)


TheNews = Annotated[NewsService, Depends(_news)]


class DirectRoute(BodyRoute):
    """A route whose GET takes only the request and the parts of news, and is called with them directly.

    FastAPI would take 0.06 ms to find that there is nothing else to pass. A POST has a body, which FastAPI reads.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        if self.methods != {"GET"}:
            return super().get_route_handler()
        answer = self.endpoint

        async def answer_request(request: Request) -> Response:
            answered: Response = await answer(request, news_of(request.app.state.service))
            return answered

        return answer_request
