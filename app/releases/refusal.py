"""A release that was refused, and when it is tried again."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from script_shared.clock import wall_ms
from script_shared.errors import PautaError, SourceError, UnavailableError
from script_shared.releases import Pointer

PASSING = (UnavailableError, SourceError, OSError, MemoryError)  # not caused by the release: worth another try


@dataclass(frozen=True)
class Refusal:
    """A release that was not put into service.

    Attributes:
        sequence: of the pointer that named it.
        final: whether it is tried again only after a change of the pointer or a reload.
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

    @classmethod
    def of(
        cls, pointer: Pointer, error: Exception, before: "Refusal | None", pause: Callable[[int], float]
    ) -> "Refusal":
        """The refusal of the release that a pointer names.

        Args:
            before: the refusal before this one.
            pause: seconds to wait after so many tries.
        """
        tries = before.tries + 1 if before and before.sequence == pointer.sequence else 1
        final, retry_at = not isinstance(error, PASSING), time.monotonic() + pause(tries)
        return cls(pointer.version, pointer.sequence, one_line(error), wall_ms(), final, tries, retry_at)

    def names(self, pointer: Pointer) -> bool:
        """Whether it is the permanent refusal of the release that a pointer names, which may be served in part."""
        return self.final and (self.release, self.sequence) == (pointer.version, pointer.sequence)

    def holds(self, pointer: Pointer) -> bool:
        """Whether the release that a pointer names must not be tried now."""
        same = (self.release, self.sequence) == (pointer.version, pointer.sequence)
        return same and (self.final or time.monotonic() < self.retry_at)


class CheckError(UnavailableError):
    """The check of a release could not be made, or was killed; this says nothing about the release."""


def one_line(error: Exception) -> str:
    """An error as one line for people.

    Args:
        error: of any type.
    """
    return error.log_text if isinstance(error, PautaError) else f"{type(error).__name__}: {error}"
