"""What was known at a moment, and the sums over all reads that the recommenders need.

The reads are in memory (``TrainingData``) or in an engine for large data; recommenders need not know which.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.histories import Histories
from script_shared.algorithms.kmeans import Grouping
from script_shared.arrays import Bools, Float32s, FloatArray, Int16s, Int64s, IntArray
from script_shared.news.readers.reads import Reads


class Behaviour(Protocol):
    """The features of users, from their reads of the last days; see ``behaviour.features``."""

    def rows(self, members: Bools) -> FloatArray:
        """float64 (n, features): rows of the members who have reads, in the order of the users.

        Args:
            members: bool (n_users).
        """
        ...

    def groups(self, grouping: Grouping) -> Int16s:
        """int16 (n_users): the group of each user, -1 for users without reads.

        Args:
            grouping: fitted on such features.
        """
        ...


@dataclass(frozen=True)
class Snapshot(ABC):
    """All that was known at ``as_of_ms``: reads until then, users, articles.

    Attributes:
        as_of_ms: epoch milliseconds, UTC.
        logged: bool (n_users).
        issued_ms: int64 (n_articles); later than ``as_of_ms`` for articles that were not published yet.
        section, region: int16 (n_articles) codes, -1 when an article has none.
        section_names, region_names: in the order of the codes.
        texts: returns the texts (title, caption, beginning of the body) of some article rows.
    """

    as_of_ms: int
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

    @abstractmethod
    def until(self, ms: int) -> Self:
        """The data as of an earlier moment.

        Args:
            ms: epoch milliseconds, UTC, not after ``as_of_ms``; a read at that moment is included.
        """

    @abstractmethod
    def reads_by_user(self) -> Int64s:
        """int64 (n_users): how many reads each user has."""

    @abstractmethod
    def reads_by_article(self) -> Int64s:
        """int64 (n_articles): how many reads each article has."""

    @abstractmethod
    def reads_since(self, start_ms: int) -> Reads:
        """The reads from a moment on, sorted by time; only use it for some hours, because the reads are held in memory.

        Args:
            start_ms: epoch milliseconds, UTC; a read at that moment is included.
        """

    @abstractmethod
    def histories(self, users: IntArray | None = None) -> Histories:
        """Every user's reads.

        Args:
            users: int, rows of users, ascending; the result has only these users. None for all.
        """

    @abstractmethod
    def popularity(self, half_lives_hours: tuple[float, ...]) -> Float32s:
        """float32 (n_articles, windows): see ``popularity.decayed_counts``.

        Args:
            half_lives_hours: of the windows.
        """

    @abstractmethod
    def decayed_by_group(
        self, group: Int16s, n_groups: int, start_ms: int, half_lives_hours: tuple[float, ...]
    ) -> Float32s:
        """float32 (n_groups, n_articles, windows): decayed counts of the reads of each group's users.

        Args:
            group: int16 (n_users), -1 for users of no group.
            n_groups: how many there are.
            start_ms: epoch milliseconds, UTC; earlier reads do not count.
            half_lives_hours: of the windows.
        """

    @abstractmethod
    def topic_reads(self, group: Int16s, n_groups: int, start_ms: int, topics: Int16s) -> Int64s:
        """int64 (kinds, n_groups, codes): reads of each topic by users of each group.

        Args:
            group: int16 (n_users), -1 for users of no group.
            n_groups: how many there are.
            start_ms: epoch milliseconds, UTC; earlier reads do not count.
            topics: int16 (kinds, n_articles), -1 for articles without one.
        """

    @abstractmethod
    def behaviour(self, topics: Int16s, sizes: tuple[int, int], start_ms: int) -> Behaviour:
        """The features of all users.

        Args:
            topics: int16 (2, n_articles); section and region of articles.
            sizes: how many sections and how many regions there are.
            start_ms: epoch milliseconds, UTC; earlier reads do not count.
        """

    @abstractmethod
    def articles_read(self, members: Bools, start_ms: float) -> Int64s:
        """int64, ascending: rows of the articles that members read.

        Args:
            members: bool (n_users).
            start_ms: epoch milliseconds, UTC; earlier reads do not count.
        """

    @abstractmethod
    def factorise(self, members: Bools, weights: AlsWeights) -> Als:
        """Factorise the reads of members, see ``Als.fit``.

        Args:
            members: bool (n_users).
            weights: factors, regularisation and the other hyperparameters.
        """

    @abstractmethod
    def fold(self, als: Als, members: Bools) -> Als:
        """Fold the reads of members into fitted factors, see ``Als.as_of``.

        Args:
            als: fitted at this or an earlier moment.
            members: bool (n_users).
        """
