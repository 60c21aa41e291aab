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
from script_shared.experiments.experiment import Variant
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
        self._of_name: dict[str, tuple[str, Variant]] = {}

    @property
    def variants(self) -> list[str]:
        """The variants of the running experiments, as ``experiment/variant``."""
        return list(self._of_name)

    def variant(self, name: str, served: NewsRelease) -> NewsRelease | None:
        """What answers for a variant, for pages that show its lists to nobody else.

        Args:
            name: one of ``variants``.
            served: the release in service.

        Returns:
            The release as the variant serves it; None if no such variant runs, or while its release is not loaded.

        Raises:
            RequestError: the release in service does not take the params of the variant.
        """
        found = self._of_name.get(name)
        return self._variants.release_of(*found, served) if found is not None else None

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
        self._of_name = {
            f"{each.name}/{variant.name}": (each.name, variant)
            for each in experiments
            for variant in each.experiment.variants
        }
        self._metrics.run([each.experiment for each in experiments])
        self._releases.want(frozenset().union(*(each.experiment.releases for each in experiments)))
        self._variants.run(experiments)
        self._shadow.run(experiments)
