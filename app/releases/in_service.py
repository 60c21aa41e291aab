"""The release of a use case in service, and why there is no newer one."""

import asyncio
import time
from typing import Generic, TypeVar

from app.metrics.use_case_metrics import ReleaseCounts
from app.releases.loaded_release import LoadedRelease
from app.releases.refusal import Refusal
from app.releases.store_state import StoreState
from script_shared.clock import Clock
from script_shared.errors import UnavailableError

T = TypeVar("T")
CLOCK_SECONDS = 5.0  # longest wait of an event that arrives while the first release is being loaded


class ReleaseInService(Generic[T]):
    """The release that requests use; ``ReleaseManager`` keeps it current.

    Args:
        use_case: its name, for messages.

    Attributes:
        served: the release in service, None while none is loaded.
        refusal: the refusal of a newer release, None for none.
        store: whether the release store can be read.
        nothing_promoted: whether the store could be read and its pointer names no release.
    """

    def __init__(self, use_case: str, counts: ReleaseCounts) -> None:
        self.use_case = use_case
        self.served: LoadedRelease[T] | None = None
        self.refusal: Refusal | None = None
        self.store = StoreState(counts)
        self.nothing_promoted = False

    def require(self) -> T:
        """What routes use of the release in service.

        Raises:
            UnavailableError: none is loaded yet; the message says why.
        """
        return self.require_release().service

    @property
    def service(self) -> T | None:
        """What routes use of the release in service, None while none is loaded."""
        return self.served.service if self.served is not None else None

    def require_release(self) -> LoadedRelease[T]:
        """The release in service.

        Raises:
            UnavailableError: none is loaded yet; the message says why.
        """
        if self.served is None:
            raise self._unavailable()
        return self.served

    @property
    def is_starting(self) -> bool:
        """Whether the first release is still being found, fetched or loaded; False while the store is unreachable."""
        given_up = self.refusal is not None and self.refusal.final
        unreachable = self.store.error is not None
        return self.served is None and not (self.nothing_promoted or given_up or unreachable)

    async def clock(self) -> Clock:
        """The clock on which events are dated: the release's, wall time while none has been promoted.

        Raises:
            UnavailableError: there is a release, but it was not loaded within a few seconds.
        """
        until = time.monotonic() + CLOCK_SECONDS
        while self.served is None:
            if self.nothing_promoted:
                return Clock("wall", 0)
            if time.monotonic() > until:
                raise self._unavailable()
            await asyncio.sleep(0.05)
        return self.served.clock

    def reason(self) -> str:
        """Why there is no (newer) release in service, in one sentence."""
        if self.store.error:
            return f"the release store cannot be read ({self.store.error})."
        if self.refusal:
            return f"release {self.refusal.release} was refused ({self.refusal.reason})."
        return "no release has been promoted yet, or the first one is being loaded."

    def _unavailable(self) -> UnavailableError:
        detail = f"No release of {self.use_case} is in service: {self.reason()}"
        return UnavailableError(detail, fix="Try again in a few seconds.")
