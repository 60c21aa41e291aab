"""A loaded release and how it came into service."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from script_shared.clock import Clock
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
        """Its version; an earlier one than the pointer's if that could not be loaded at the start."""
        return self.manifest.version
