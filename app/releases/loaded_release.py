"""A loaded release and how it came into service, and one that was refused."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from script_shared.clock import Clock
from script_shared.errors import UnavailableError
from script_shared.releases import Manifest, Pointer

T = TypeVar("T")


@dataclass(frozen=True)
class LoadedRelease(Generic[T]):
    """A loaded release and how it came into service.

    Attributes:
        service: what the use case's routes use.
        clock: the time it runs on.
    """

    service: T
    clock: Clock
    manifest: Manifest
    pointer: Pointer
    loaded_ms: int
    load_seconds: float

    @property
    def release(self) -> str:
        """Its version; an earlier one than the pointer's when that could not be loaded at the start."""
        return self.manifest.version


@dataclass(frozen=True)
class Refusal:
    """A release that was not taken into service.

    Attributes:
        sequence: of the pointer that named it.
        final: whether only another pointer or a reload brings a new try.
        tries: how often it was tried under this pointer.
        retry_at: when it is tried again, on the monotonic clock, in seconds.
    """

    release: str
    sequence: int
    reason: str
    at_ms: int
    final: bool
    tries: int
    retry_at: float


class CheckError(UnavailableError):
    """The check of a release could not be made, or was killed; this says nothing about the release."""
