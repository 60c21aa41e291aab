"""Experiments of news in one process: variants, the releases that they need, and the shadow."""

from collections.abc import Sequence

from app.experiments.experiment_metrics import ExperimentMetrics
from app.experiments.running import RunningExperiments
from app.news.events.event_intake import EventIntake
from app.news.experiments.second_releases import SecondReleases
from app.news.experiments.shadow import Shadow
from app.news.experiments.variant_answers import VariantAnswers
from app.news.releases.news_release import NewsRelease
from app.use_case import InService
from script_shared.experiments.stored import StoredExperiment
from script_shared.news.ranking.query import Query
from script_shared.news.serving.answer_credits import ServedAnswer

USE_CASE = "news"


class NewsExperiments:
    """Args:
    running: the experiments of the service, None where nothing is served.
    intake: remembers answers and folds events.
    metrics: counts by variant.
    """

    def __init__(self, running: RunningExperiments | None, intake: EventIntake, metrics: ExperimentMetrics) -> None:
        self._running, self._intake, self._metrics = running, intake, metrics
        self._releases = SecondReleases(intake)
        self._variants = VariantAnswers(self._releases.get, metrics)
        self._shadow = Shadow(self._variants, intake.keep, metrics)
        self.answer = self._variants.answer

    def start(self, live: InService[NewsRelease]) -> None:
        """Follow the experiments of news from now on."""
        self._releases.start(live)
        if self._running is not None:
            self._running.follow(USE_CASE, self._run)

    async def stop(self) -> None:
        """Keep the answers that wait."""
        await self._releases.stop()
        await self._shadow.stop()

    def remember(self, served: NewsRelease, query: Query, answer: ServedAnswer) -> None:
        """Keep an answer, so that clicks can be credited to it; a shadow may make its own list for it."""
        self._intake.remember(answer, keep=not self._shadow.takes(served, query, answer))

    def _run(self, experiments: Sequence[StoredExperiment]) -> None:
        self._metrics.run([each.experiment for each in experiments])
        self._releases.want(frozenset().union(*(each.experiment.releases for each in experiments)))
        self._variants.run(experiments)
        self._shadow.run(experiments)
