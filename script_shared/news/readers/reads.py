"""Reads as columns in memory."""

from dataclasses import dataclass

import numpy as np

from script_shared.arrays import Bools, Float32s, Int16s, Int64s, IntArray, UInt32s


@dataclass(frozen=True)
class Reads:
    """Interactions, sorted by time; all arrays have one entry per interaction.

    Attributes:
        user, article: uint32 rows.
        time_ms: int64 epoch milliseconds, UTC.
        engagement, seconds, clicks, scroll, visits: float32.
        region, device: int16 codes of the user's region and device at that read, -1 when unknown.
    """

    user: UInt32s
    article: UInt32s
    time_ms: Int64s
    engagement: Float32s
    seconds: Float32s
    clicks: Float32s
    scroll: Float32s
    visits: Float32s
    region: Int16s
    device: Int16s

    def __len__(self) -> int:
        return len(self.user)

    def cut(self, which: "Bools | IntArray | slice") -> "Reads":
        """Only those interactions; a slice copies nothing.

        Args:
            which: bool (n), int places, or a slice.
        """
        return Reads(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def since(self, start_ms: float) -> "Reads":
        """Interactions from a moment on; no copy.

        Args:
            start_ms: epoch milliseconds, UTC; a read at that moment is included.
        """
        return self.cut(slice(int(np.searchsorted(self.time_ms, start_ms)), None))
