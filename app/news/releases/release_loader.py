"""Loads releases of the news use case, and brings them up to what the event log says."""

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.news.events.catch_up import Bounds
from app.news.experiments.variant_release import check_variants
from app.news.releases.news_release import NewsRelease, examples
from app.news.service import NewsService
from app.use_case import InService, Parts, ReleaseLoader
from script_shared.clock import Clock, ClockMode, clock_of
from script_shared.experiments.experiment import Experiment
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.mixing import load_mixing
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import load_newsroom, load_ranker, with_pace
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from script_shared.releases import Manifest
from script_shared.settings import Settings

OPTIONAL = ("live", "ranker")  # folders of a release that it can be served without


def trial_input(params: NewsParams) -> dict[str, Any]:
    """The params that a release is tried with."""
    return {name: getattr(params, name).model_dump(mode="json") for name in ("live", "serving")}


class NewsLoader(ReleaseLoader[NewsRelease]):
    """Args:
    service: the parts of news in a running service, None for a loader without an event log.
    """

    optional_parts = OPTIONAL
    trial = "app.news.releases.release_trial:NewsTrial"

    def __init__(
        self, settings: Settings | None = None, params: NewsParams | None = None, service: NewsService | None = None
    ) -> None:
        self._settings = settings or Settings()
        self._params = params or load_params(NewsParams, FILE)
        self.trial_input = trial_input(self._params)
        self.beside = service
        self._intake = service.intake if service is not None else None

    @classmethod
    def of(cls, parts: Parts) -> "NewsLoader":
        """The loader of a running service."""
        params = load_params(NewsParams, parts.settings.of("news").params_file or FILE)
        return cls(parts.settings, params, NewsService(parts))

    async def start(self, live: InService[NewsRelease]) -> None:
        """Follow the event log from now on."""
        if self.beside is not None:
            await self.beside.start(live)

    async def stop(self) -> None:
        """Write the entries that wait."""
        if self.beside is not None:
            await self.beside.stop()

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> NewsRelease:
        """Load a release and fold the event log into its state.

        Raises:
            PautaError: it is damaged.
        """
        model = NewsModel.load(folder, manifest.version)
        model.clock = clock_of(model.facts, self._settings.clock)
        model.check()
        some, vectoriser = examples(model), Vectoriser.of(model)
        newsroom, missing = self._newsroom(folder, manifest, model, without)
        recommender = self._recommender(folder, model, newsroom, vectoriser, without, missing)
        return NewsRelease(model, recommender, vectoriser, some)

    def card(self, loaded: NewsRelease) -> dict[str, Any]:
        """Counts, facts of the training, and users to try it with."""
        model = loaded.model
        return {
            "articles": len(model.catalog),
            "readers": len(model.readers),
            "facts": model.facts,
            "examples": shown_examples(model.clock.mode, loaded.examples),
        }

    def clock(self, loaded: NewsRelease) -> Clock:
        """The time on which the release runs."""
        return loaded.clock

    def start_without_release(self) -> None:
        """Before the first release, events are folded too."""
        intake = self._intake
        if intake is None or not (intake.newsroom is None or intake.must_fold_again):
            return
        newsroom = Newsroom(LiveState(self._params.live))
        if intake.newsroom is not None:
            newsroom.leave_out(intake.newsroom.quarantine)
        intake.adopt(newsroom)

    def is_outdated(self) -> bool:
        """Whether it was loaded while the log was unreachable, or before clicks were found bad."""
        return self._intake is not None and (self._intake.can_be_whole or self._intake.must_fold_again)

    async def take_over(self, loaded: NewsRelease) -> None:
        """Fold events into this release's state from now on."""
        if self._intake is not None:
            await self._intake.hand_over(loaded.recommender.newsroom, loaded.clock, loaded.vectoriser)

    def check_experiment(self, experiment: Experiment) -> None:
        """Check the params that variants set."""
        check_variants(experiment, self._params.serving)

    def _newsroom(
        self, folder: Path, manifest: Manifest, model: NewsModel, without: Collection[str]
    ) -> tuple[Newsroom, tuple[str, ...]]:
        """The kept newsroom at the start of a process, otherwise that of the release; and the missing parts."""
        params, assignment, empty = self._params.live, assignment_of(model), "live" in without
        origin, kept = sha256(manifest.model_dump_json().encode()).hexdigest(), None
        if self._intake is not None and self._intake.newsroom is None and not empty:
            kept = self._intake.keeper.resume(origin, with_pace(params, folder), assignment)
        if kept is not None:
            return kept, ()
        newsroom, missing = load_newsroom(folder, params, assignment, empty=empty)
        newsroom.origin = "" if missing else origin
        return newsroom, missing

    def _recommender(
        self,
        folder: Path,
        model: NewsModel,
        newsroom: Newsroom,
        vectoriser: Vectoriser | None,
        without: Collection[str],
        no_snapshot: tuple[str, ...],
    ) -> LiveRecommender:
        """The release's live part, with the event log folded in, ``without`` damaged parts."""
        params = self._params
        ranker, no_ranker = (None, ("ranker",)) if "ranker" in without else load_ranker(folder)
        mixing, no_mixing = load_mixing(folder, params.serving)
        if self._intake is not None:
            bounds = Bounds(model.params.pool.max_age_hours, params.serving.max_shown, model.catalog)
            self._intake.gather(newsroom, vectoriser, model.clock, bounds)
        missing = (*no_snapshot, *no_ranker, *no_mixing)
        rules = self.beside.rules.book if self.beside is not None else None
        return LiveRecommender(model, newsroom, ranker, params.serving, mixing=mixing, missing=missing, rules=rules)


def shown_examples(mode: ClockMode, found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Example user ids; empty for releases built from current data.

    >>> shown_examples("data", {"logged": ["r1"]}), shown_examples("wall", {"logged": ["r1"]})
    ({'logged': ['r1']}, {'logged': []})
    """
    return {segment: ids if mode == "data" else [] for segment, ids in found.items()}
