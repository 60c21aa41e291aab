"""A release over the event log: its list for each served list, made from what was known at that moment."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from script_shared.clock import HOUR_MS, Clock
from script_shared.events import Entry, EventLog, Kind, Quarantine
from script_shared.events.served_list import ServedList
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.newsroom.recall import recall
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import load_mixing
from script_shared.news.ranking.query import Query
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import load_newsroom, load_ranker
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser

READ = 2_000  # entries in memory at once
POSTS, TIMELESS = (Kind.ARTICLE,), (Kind.ERASE, Kind.QUARANTINE)
AHEAD, WRONG_MS = 20, 600_000  # so many entries behind a time by so much mean that it is wrong, as in the live state


class Moment(NamedTuple):
    """What a release says at the moment of a served list.

    Attributes:
        ids: its own list for the same request.
        newsroom: what was known.
        now_ms: the moment, epoch milliseconds, UTC.
    """

    ids: list[str]
    newsroom: Newsroom
    now_ms: int


class Candidate:
    """A release that answers past requests.

    Args:
        folder: of the release.
        version: its name.
        log: the event log.
        params: of serving and of the live state.
        retention_days: how long the log keeps clicks.

    Attributes:
        end_ms: end of the data that the release learned from, epoch milliseconds. It knows the clicks on earlier lists.

    Raises:
        ReleaseError: the release cannot be loaded.
    """

    def __init__(self, folder: Path, version: str, log: EventLog, params: NewsParams, retention_days: float) -> None:
        model = NewsModel.load(folder, version)
        self.version, self.end_ms, self._log = version, int(model.facts["data_end_ms"]), log
        model.clock = self._clock = Clock("data", self.end_ms)
        self._newsroom, _ = load_newsroom(folder, params.live, assignment_of(model))
        if model.facts.get("clock_mode") == "data":
            self._newsroom.run_on(self.end_ms, int(retention_days * 24 * HOUR_MS))
        self._remember(model)
        ranker, _ = load_ranker(folder)
        mixing, _ = load_mixing(folder, params.serving)
        self._recommender = LiveRecommender(model, self._newsroom, ranker, params.serving, mixing=mixing)
        self._vectoriser = Vectoriser.of(model)
        self._waiting: deque[Entry] = deque()
        self._read_until = self._newsroom.seq
        self._visitors: dict[str, tuple[str, str, str]] = {}

    def moments(self, lists: Sequence[ServedList]) -> Iterator[Moment]:
        """What the release says at each list.

        Args:
            lists: in the order of time, all after ``end_ms``.

        Yields:
            By list, in the same order.

        Raises:
            UnavailableError: the log cannot be read.
        """
        for one in lists:
            self._fold_until(one.time_ms)
            self._clock.advance(one.time_ms)
            region, device, os = self._visitors.get(one.session or one.user, ("", "", ""))
            query = Query(one.user, one.session, region, device, os, n=len(one.pages))
            ids = [item.article_id for item in self._recommender.answer(query).items]
            yield Moment(ids, self._newsroom, one.time_ms)

    def _remember(self, model: NewsModel) -> None:
        """Load what a snapshot does not hold, as the API does."""
        newsroom, log = self._newsroom, self._log
        newsroom.leave_out(Quarantine.of(log.history.quarantines()))
        newsroom.remember(log.permanent_entries(newsroom.seq))
        after = 0
        while posts := log.history.extract(after, newsroom.seq, READ, kinds=POSTS, since_ms=None, until_ms=None):
            newsroom.remember(posts)
            after = posts[-1].seq
        recall(newsroom, log, self.end_ms - int(model.params.pool.max_age_hours * HOUR_MS))

    def _fold_until(self, time_ms: int) -> None:
        """Fold the entries before a moment, in the log's order."""
        while some := self._take_due(time_ms):
            vectors = self._vectoriser.vectors(some) if self._vectoriser else {}
            self._newsroom.apply(some, vectors, after=self._newsroom.seq)
            self._note_visitors(some)

    def _take_due(self, time_ms: int) -> list[Entry]:
        """The next entries of the log, up to the first one that a later moment has."""
        if len(self._waiting) < AHEAD and (entries := self._log.tail(self._read_until, READ, without=(Kind.SERVED,))):
            self._read_until = entries[-1].seq
            self._waiting.extend(entries)
        some: list[Entry] = []
        while self._waiting and self._is_due(self._waiting[0], time_ms):
            some.append(self._waiting.popleft())
        return some

    def _is_due(self, entry: Entry, time_ms: int) -> bool:
        """Whether an entry came before a moment; one whose time is far ahead of all that follow has a wrong time."""
        if entry.time_ms < time_ms or entry.kind in TIMELESS:
            return True
        following = [each.time_ms for each in islice(self._waiting, 1, AHEAD) if each.kind not in TIMELESS]
        return bool(following) and max(following) < entry.time_ms - WRONG_MS

    def _note_visitors(self, entries: Sequence[Entry]) -> None:
        """Keep the region and device of visitors: a served list does not have them."""
        for entry in entries:
            body = entry.body
            place = tuple(str(body.get(name) or "") for name in ("region", "device", "os"))
            if entry.kind == Kind.CLICK and any(place):
                self._visitors[str(body.get("session") or "") or entry.user_id] = (place[0], place[1], place[2])
