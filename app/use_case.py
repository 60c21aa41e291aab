"""What a use case is to the API: how its releases are loaded and tried, and the routes that answer from them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from fastapi import APIRouter

from app.experiments.running import RunningExperiments
from app.metrics.own_metrics import OwnMetrics
from app.pages import Pages
from script_shared.clock import Clock
from script_shared.errors import RequestError
from script_shared.events import EventLog
from script_shared.events.following.log_spans import LogSpans
from script_shared.experiments.experiment import Experiment
from script_shared.releases import Manifest
from script_shared.settings import Settings

T = TypeVar("T")
Loaded = TypeVar("Loaded", covariant=True)


@dataclass(frozen=True)
class Parts:
    """The parts of the service that a use case may use.

    Attributes:
        settings: where everything is.
        log: the event log, opened at its first use.
        metrics: where it exports metrics of its own.
        experiments: those that run now; None where nothing is served, as in the check of a release.
        log_spans: of traces, around what is written to the log and folded from it.
    """

    settings: Settings
    log: EventLog
    metrics: OwnMetrics
    experiments: RunningExperiments | None = None
    log_spans: LogSpans = field(default_factory=LogSpans)


class InService(Protocol[Loaded]):
    """What holds the release of a use case in service, as its own parts use it."""

    @property
    def service(self) -> Loaded | None:
        """The loaded release, None while there is none."""

    def require(self) -> Loaded:
        """The same, or a 503 with the reason."""

    async def clock(self) -> Clock:
        """The release's clock; waits a moment for the first release."""

    async def load_beside(self, version: str) -> Loaded:
        """Load another release, which does not go into service."""


class ReleaseLoader(ABC, Generic[T]):
    """Makes what routes use out of a release's files. Only ``load`` has to be written.

    Attributes:
        optional_parts: folders that a damaged release may lack when no other release can be served.
        trial: the ``ReleaseTrial`` that each release must pass in a process of its own, as ``module:class``; "" tries
            whether ``load`` can load it.
        trial_input: what the trial gets, in JSON's types; the verdict on a release is kept by its files and by this.
        beside: what the use case keeps beside its releases for as long as the service runs, for its routes.
    """

    optional_parts: tuple[str, ...] = ()
    trial = ""
    trial_input: Any = None
    beside: Any = None

    @abstractmethod
    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> T:
        """Load and check a release; called in a thread, beside requests.

        Args:
            folder: its files, which agree with their checksums and passed the trial.
            without: those of ``optional_parts`` that are damaged.

        Raises:
            PautaError: it cannot be served; the release in service stays.
        """

    async def start(self, live: InService[T]) -> None:
        """Called once, on the event loop, before the first request; ``live`` will hold the release in service."""

    async def stop(self) -> None:
        """Called once, after the last request."""

    def card(self, loaded: T) -> dict[str, Any]:
        """What ``GET /model`` says of the release besides how it came into service."""
        return {}

    def clock(self, loaded: T) -> Clock:
        """The time on which the release runs."""
        return Clock("wall", 0)

    def start_without_release(self) -> None:
        """Called on the event loop again and again while no release is promoted."""

    def is_outdated(self) -> bool:
        """Whether the release in service has to be loaded again although the pointer did not move."""
        return False

    async def take_over(self, loaded: T) -> None:
        """Called on the event loop before the release answers its first request."""

    def check_experiment(self, experiment: Experiment) -> None:
        """Whether the use case can serve the variants of an experiment.

        Raises:
            PautaError: it cannot, as no use case can that does not write this method.
        """
        raise RequestError(
            f"the use case {experiment.use_case} serves no variants.", fix="Start experiments in another use case."
        )


@dataclass(frozen=True)
class AppUseCase:
    """A use case on the side of the API.

    Attributes:
        name: as in its entry in the registry; names its releases, metrics and the parameter ``use_case``.
        loader: makes its loader.
        routers: its routes, in the order in which they are tried.
        about: what it does, in a sentence, for the front page.
        pages: its pages for people, which join those of the service; None for none.
        page: address of a page outside the service's layout, relative to the front page; "" for none.
    """

    name: str
    loader: Callable[[Parts], ReleaseLoader[Any]]
    routers: tuple[APIRouter, ...]
    about: str = ""
    pages: Pages | None = None
    page: str = ""
