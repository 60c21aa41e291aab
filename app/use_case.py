"""What a use case is to the API: how its releases are loaded, and the routes that answer from them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import APIRouter

from app.events.event_intake import EventIntake
from script_shared.clock import Clock
from script_shared.releases import Manifest
from script_shared.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Parts:
    """The parts of the service that a loader may use.

    Attributes:
        settings: where everything is.
        intake: the event log's side of this process.
    """

    settings: Settings
    intake: EventIntake


class ReleaseLoader(ABC, Generic[T]):
    """Makes what routes use out of a release's files. Only ``load`` has to be written.

    Attributes:
        serves_parts: whether a damaged release may be served without some of its parts.
    """

    serves_parts = False

    @abstractmethod
    def load(self, folder: Path, manifest: Manifest, *, in_part: bool) -> T:
        """Load and check a release; called in a thread, beside requests.

        Args:
            folder: its files, which agree with their checksums.
            in_part: leave out parts that are damaged, where ``serves_parts``.

        Raises:
            PautaError: it cannot be served; the release in service stays.
        """

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


@dataclass(frozen=True)
class AppUseCase:
    """A use case on the side of the API.

    Attributes:
        name: as in its entry in the registry; names its releases, metrics and the parameter ``use_case``.
        loader: makes its loader.
        routers: its routes, in the order in which they are tried.
    """

    name: str
    loader: Callable[[Parts], ReleaseLoader[Any]]
    routers: tuple[APIRouter, ...]
