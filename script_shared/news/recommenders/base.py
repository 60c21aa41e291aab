"""The interface of every recommender, the same for training, assembly and serving."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, Self

from script_shared.algorithms.factors import Renumbering
from script_shared.algorithms.histories import Batch, Candidates
from script_shared.arrays import Bools, Float32s
from script_shared.news.params import ModelParams
from script_shared.news.readers.snapshot import Snapshot


@dataclass(frozen=True)
class Part:
    """One summand of a score.

    Attributes:
        values: float32 (n users, m candidates).
        reasons: m short phrases; what to say when this part is the one that brought the candidate.
    """

    values: Float32s
    reasons: Sequence[str]


Scorer = Callable[[Batch], list[Part]]


class Recommender(Protocol):
    """Fitted as of one moment, updated to a later one, and applied to a pool.

    The fitted parts (factors, vocabularies, centroids) stay as they are; the state (counts, vectors of users and of
    new articles, who is in which cluster) is made again from them and the reads known at the moment.
    """

    source: ClassVar[str]

    @classmethod
    def fit(cls, snapshot: Snapshot, members: Bools, params: ModelParams) -> Self:
        """Fit on a snapshot; the result is as of that snapshot.

        Args:
            snapshot: what was known at a moment.
            members: bool (n_users); the users of the segment.
            params: of all models; a recommender reads its own and those of popularity.
        """
        ...

    def renumber(self, users: Renumbering, articles: Renumbering) -> Self:
        """The same fitted parts for other row numbers.

        Args:
            users: new rows of the users.
            articles: new rows of the articles.
        """
        ...

    def as_of(self, snapshot: Snapshot, members: Bools) -> Self:
        """The same fitted parts with the state of another moment.

        Args:
            snapshot: the data of that moment; its rows are those of the fitted parts.
            members: bool (n_users); the users of the segment at that moment.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write fitted parts and state as plain arrays.

        Args:
            folder: made when missing.
        """
        ...

    @classmethod
    def load(cls, folder: Path, params: ModelParams) -> Self:
        """Map a saved recommender into memory.

        Args:
            folder: of ``save``.
            params: those of the release.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        ...

    def over(self, candidates: Candidates) -> Scorer:
        """Prepare the candidates once; the answer gives the parts of the score for batches of users.

        Args:
            candidates: m articles.
        """
        ...
