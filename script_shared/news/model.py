"""A release in memory: recommends articles to users."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.algorithms.histories import Batch
from script_shared.algorithms.popularity import Popularity
from script_shared.arrays import Bools, Int64s, IntArray
from script_shared.clock import clock_of
from script_shared.news.answer_check import check_rows
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.membership import segment_codes, segment_of
from script_shared.news.params import ModelParams
from script_shared.news.readers.reader_table import ReaderTable
from script_shared.news.recommenders import scoring
from script_shared.news.recommenders.base import Recommender
from script_shared.news.recommenders.popular import weights_of
from script_shared.news.recommenders.prepared_pool import PoolKeeper, PreparedPool
from script_shared.news.release_folder import facts_in, params_in, segments_in
from script_shared.news.scored_candidates import Answer, ScoredCandidates
from script_shared.news.segments import SEGMENT_NAMES, segment_named
from script_shared.throttle import yield_cpu

BATCH = 512  # users scored at once in recommend_many: about 4 MB for each part of the score


class NewsModel:
    """A release, ready to answer. Safe to ask from many threads.

    Attributes:
        version: the release's name.
        clock: which time it is; events may move a data clock on.
        catalog, readers: what is known of articles and users.
        segments: names of those it has recommenders for; a release made before a segment was added lacks it.
        facts: the content of ``model.json``.
        params: how it was made and serves.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        readers: ReaderTable,
        popularity: Popularity,
        recommenders: Mapping[str, Recommender],
        params: ModelParams,
        facts: dict[str, Any],
        version: str = "",
    ) -> None:
        self.version = version
        self.facts = facts
        self.params = params
        self.clock = clock_of(facts)
        self.catalog = catalog
        self.readers = readers
        self.recommenders = dict(recommenders)
        self.segments = tuple(name for name in SEGMENT_NAMES if name in self.recommenders)
        self._pools = PoolKeeper(catalog.issued_ms, params.pool, popularity, self.recommenders)
        self._segments = segment_codes(readers.logged, readers.reads, self.segments)

    @classmethod
    def load(cls, folder: Path, version: str = "") -> "NewsModel":
        """Map a release folder into memory, with the segments that its ``model.json`` lists.

        Users of a segment that it lacks get the answers of the next one that they belong to.

        Args:
            folder: of the release; its files stay mapped, so it must not change.
            version: of the release, for messages and answers.

        Raises:
            ReleaseError: a file is missing or damaged, or the folder's format is not this code's.
        """
        facts = facts_in(folder)
        segments = segments_in(folder, facts)
        params = params_in(folder / "params.json", [segment.name for segment in segments])
        return cls(
            catalog=Catalog.load(folder / "catalog"),
            readers=ReaderTable.load(folder / "readers"),
            popularity=Popularity.load(folder / "popularity", weights_of(params.popularity)),
            recommenders={s.name: s.recommender.load(folder / s.name, params) for s in segments},
            params=params,
            facts=facts,
            version=version,
        )

    def recommend(
        self,
        user_id: str | None,
        n: int,
        *,
        history: Sequence[str] = (),
        exclude: Sequence[str] = (),
        among: Bools | None = None,
    ) -> Answer:
        """The best n articles for one user, known or not.

        Args:
            user_id: as in the data; None or unknown is a new user.
            n: items wanted; fewer come only when fewer are alive and unread.
            history: article ids read besides what is known of the user, oldest first; unknown ids are ignored.
            exclude: article ids that must not come back; unknown ids are ignored.
            among: bool (articles of the catalog), those that may come back; None for all.
        """
        scored = self.score_candidates(user_id, self.catalog.rows(history))
        return scored.best(n, np.array(self.catalog.rows(exclude), np.int64), among)

    def score_candidates(self, user_id: str | None, history: Sequence[int] = ()) -> "ScoredCandidates":
        """All candidates of the moment, scored for one user.

        Args:
            user_id: as in the data; None or unknown is a new user.
            history: rows of articles read besides what is known of the user, oldest first.
        """
        now_ms = self.clock.now_ms()
        row = self.readers.ids.row(user_id) if user_id else -1
        batch = self.readers.one(row, history, now_ms)
        logged = row >= 0 and bool(self.readers.logged[row])
        segment = segment_of(logged=logged, reads=len(batch.histories.article), among=self.segments)
        prepared = self._pools.pool_at(now_ms)
        return ScoredCandidates(segment, prepared.pool, batch, prepared.score(segment.name, batch))

    def recommend_many(self, rows: IntArray, segment: str, n: int) -> Int64s:
        """The same as ``recommend`` for many known users at once.

        Args:
            rows: int (m); user rows, all of the segment.
            segment: its name; one of ``segments``.
            n: items wanted.

        Returns:
            int64 (m, n): article rows, best first, -1 where fewer are alive and unread.
        """
        prepared = self._pools.pool_at(self.clock.now_ms())
        users = np.asarray(rows, np.int64)

        def answer(start: int) -> Int64s:
            return self._rows(prepared, segment, self.readers.batch(users[start : start + BATCH]), n)

        starts = range(0, len(users), BATCH)
        with ThreadPoolExecutor(2) as threads:  # numpy releases the interpreter lock in the heavy parts
            answers = list(threads.map(answer, starts))
        return np.concatenate([np.zeros((0, n), np.int64), *answers])

    def segment_rows(self, segment: str) -> Int64s:
        """int64: rows of the users of a segment, by what they had read when the release was made.

        None belong to a segment that the release lacks.

        Args:
            segment: name of the segment.
        """
        return np.flatnonzero(self._segments == SEGMENT_NAMES.index(segment_named(segment).name))

    def only_older(self, now_ms: int) -> bool:
        """Whether every article has expired, so that expired ones fill the lists.

        Args:
            now_ms: epoch milliseconds, UTC, by the release's clock.
        """
        return self._pools.pool_at(now_ms).pool.expired

    def check(self, n: int = 10) -> None:
        """Ask for one user of every segment, and a stranger.

        Args:
            n: articles of each answer.

        Raises:
            ReleaseError: an answer is shorter than it could be, repeats itself, or holds a read article, or an expired
                one although others are alive.
        """
        pool = self._pools.pool_at(self.clock.now_ms()).pool
        alive = np.zeros(len(self.catalog), bool)
        alive[pool.candidates.rows] = alive[pool.rest] = True
        for name in (*self.segments, "a stranger"):
            known = self.segment_rows(name) if name in self.segments else np.zeros(0, np.int64)
            row = int(known[0]) if len(known) else -1
            allowed, read = alive.copy(), self.readers.batch(np.array([row])).histories.article
            allowed[read[read < len(alive)]] = False
            answer = self.recommend(self.readers.ids.ids[row] if row >= 0 else None, n)
            yield_cpu()
            check_rows([item.article for item in answer.items], allowed, n, f"release {self.version}: {name}")

    def _rows(self, prepared: PreparedPool, segment: str, batch: Batch, n: int) -> Int64s:
        scores = scoring.total(prepared.score(segment, batch))
        nobody = np.zeros(0, np.int64)
        scoring.forbid(scores, batch.histories, nobody, prepared.pool)
        places = scoring.top(scores, n)
        found = np.where(places >= 0, prepared.pool.candidates.rows[places], -1)
        for reader in np.flatnonzero(places[:, -1] < 0):
            have = int((places[reader] >= 0).sum())
            read = batch.histories.take(np.array([reader])).article
            more = scoring.fill(prepared.pool.rest, n - have, read, nobody)
            found[reader, have : have + len(more)] = more
        return found
