"""The training data as of a moment; recommenders are fitted on nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from script_shared.algorithms.histories import Histories
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
        """Those interactions only; a slice takes no memory.

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


@dataclass(frozen=True)
class TrainingData:
    """All that was known at ``as_of_ms``: reads until then, users, articles.

    Attributes:
        as_of_ms: epoch milliseconds, UTC.
        reads: interactions until then.
        logged: bool (n_users).
        issued_ms: int64 (n_articles); later than ``as_of_ms`` for articles that were not published yet.
        section, region: int16 (n_articles) codes, -1 when an article has none.
        section_names, region_names: in the order of the codes.
        texts: gives the texts (title, caption, beginning of the body) of some article rows.
    """

    as_of_ms: int
    reads: Reads
    logged: Bools
    issued_ms: Int64s
    section: Int16s
    region: Int16s
    section_names: list[str]
    region_names: list[str]
    texts: Callable[[IntArray, int], list[str]]

    @property
    def n_users(self) -> int:
        return len(self.logged)

    @property
    def n_articles(self) -> int:
        return len(self.issued_ms)

    def until(self, ms: int) -> "TrainingData":
        """The data as of an earlier moment.

        Args:
            ms: epoch milliseconds, UTC, not after ``as_of_ms``; a read at that moment is included.
        """
        last = int(np.searchsorted(self.reads.time_ms, ms, "right"))
        return replace(self, as_of_ms=ms, reads=self.reads.cut(slice(0, last)))

    def histories(self, reads: Reads | None = None) -> Histories:
        """Every user's reads.

        Args:
            reads: those that count; None for all.
        """
        some = reads or self.reads
        return Histories.of(some.user, some.article, some.time_ms, some.engagement, self.n_users)
