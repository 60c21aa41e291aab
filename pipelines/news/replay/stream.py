"""Clicks in time order as columns, turned into the events and requests of the live part piece by piece."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipelines.measures.splits import Reads
from pipelines.news.dataset import NONE
from script_shared.arrays import Int8s, IntArray
from script_shared.events import Kind
from script_shared.news.membership import segment_codes
from script_shared.news.ranking.query import Query
from script_shared.news.state.event import LiveEvent

_TEXTS = ("region", "device", "os", "referrer")


@dataclass(frozen=True)
class Stream:
    """n clicks sorted by time.

    Attributes:
        time_ms: int64 (n), ascending.
        user, article: int (n), rows of ``user_ids`` and ``article_ids``.
        session: int64 (n), -1 for none.
        context: int (n) by name (region, device, os, referrer), -1 for none; a missing name is none for all.
        weight: float32 (n), how much each click counts as a training example.
        user_ids, article_ids: the ids.
        logged: bool (users), who logs in.
        sections: section of each article, "" for none; empty when unknown for all.
        labels: names of the codes of ``context``, by column; a code without a label is named by its number.
    """

    time_ms: npt.NDArray[np.int64]
    user: IntArray
    article: IntArray
    session: npt.NDArray[np.int64]
    context: dict[str, IntArray]
    weight: npt.NDArray[np.float32]
    user_ids: list[str]
    article_ids: list[str]
    logged: npt.NDArray[np.bool_]
    sections: list[str]
    labels: dict[str, dict[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time_ms)

    def events(self, start: int, stop: int) -> list[LiveEvent]:
        """Clicks ``start`` to ``stop`` as events."""
        users = [self.user_ids[row] for row in self.user[start:stop].tolist()]
        rows = self.article[start:stop].tolist()
        articles = [self.article_ids[row] for row in rows]
        times = self.time_ms[start:stop].tolist()
        sessions = [_text(code) for code in self.session[start:stop].tolist()]
        regions, devices, systems, referrers = (self._texts(name, start, stop) for name in _TEXTS)
        sections = [self.sections[row] for row in rows] if self.sections else [""] * len(rows)
        visitors = zip(users, sessions, regions, devices, systems, strict=True)
        clicks = zip(visitors, articles, times, referrers, sections, strict=True)
        return [
            LiveEvent(*visitor, kind=Kind.CLICK, article=article, time_ms=time_ms, referrer=referrer, section=section)
            for visitor, article, time_ms, referrer, section in clicks
        ]

    def _texts(self, name: str, start: int, stop: int) -> list[str]:
        if name not in self.context:
            return [""] * (stop - start)
        labels = self.labels.get(name, {})
        return [labels.get(code) or _text(code) for code in self.context[name][start:stop].tolist()]

    def query(self, place: int, n: int = 20) -> Query:
        """The request just before a click: the user and its context, and nothing of the click."""
        region, device, os = (self._texts(name, place, place + 1)[0] for name in ("region", "device", "os"))
        user, session = self.user_ids[int(self.user[place])], _text(int(self.session[place]))
        return Query(user, session, region, device, os, n=n)

    def article_id(self, place: int) -> str:
        """The id of the article clicked."""
        return self.article_ids[int(self.article[place])]

    def first_of_moment(self, place: int) -> int:
        """The first click of the same millisecond."""
        return int(np.searchsorted(self.time_ms, self.time_ms[place], "left"))

    def between(self, start_ms: int, end_ms: int) -> range:
        """Places of the clicks with ``start_ms <= time < end_ms``."""
        low, high = np.searchsorted(self.time_ms, [start_ms, end_ms], "left")
        return range(int(low), int(high))

    def followed_by(self, later: Reads) -> "Stream":
        """The same with later reads of the same users and articles, of which nothing else is known."""
        none = np.full(len(later.time_ms), -1, np.int64)
        return replace(
            self,
            time_ms=np.concatenate([self.time_ms, later.time_ms]),
            user=np.concatenate([self.user, later.user]),
            article=np.concatenate([self.article, later.article]),
            session=np.concatenate([self.session, none]),
            context={name: np.concatenate([codes, none]) for name, codes in self.context.items()},
            weight=np.concatenate([self.weight, np.ones(len(none), np.float32)]),
        )

    def reread_within(self, within: range) -> npt.NDArray[np.bool_]:
        """``reread`` for a range of places; only looks at what its users clicked until the end of the range.

        Args:
            within: places in the stream, ascending.

        Returns:
            bool (range).
        """
        wanted = np.zeros(len(self.user_ids), np.bool_)
        wanted[self.user[within.start : within.stop]] = True
        places = np.flatnonzero(wanted[self.user[: within.stop]])
        some = replace(self, time_ms=self.time_ms[places], user=self.user[places], article=self.article[places])
        return some.reread[np.searchsorted(places, within.start) :]

    @cached_property
    def reread(self) -> npt.NDArray[np.bool_]:
        """(n): the user clicked the same article in an earlier millisecond."""
        pairs = self.user.astype(np.int64) * len(self.article_ids) + self.article
        _, first, which = np.unique(pairs, return_index=True, return_inverse=True)
        earlier: npt.NDArray[np.bool_] = self.time_ms[first][which] < self.time_ms
        return earlier

    @cached_property
    def place_in_session(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """(n) first of its session, (n) last of its session; clicks without session are both."""
        unnamed = bool((self.session == NONE).all())
        keys = self.user.astype(np.int64) if unnamed else self.session
        order = np.argsort(keys, kind="stable")
        sorted_keys, times = keys[order], self.time_ms[order]
        new = np.r_[True, sorted_keys[1:] != sorted_keys[:-1]]
        if unnamed:
            new |= np.r_[True, np.diff(times) > 30 * 60_000]
        first, last = np.zeros(len(self), bool), np.zeros(len(self), bool)
        first[order], last[order] = new, np.r_[new[1:], True]
        return first, last

    @cached_property
    def segments(self) -> Int8s:
        """int8 (n): segment of the user just before each click, by login and reads so far."""
        order = np.argsort(self.user, kind="stable")
        sorted_users = self.user[order]
        starts = np.flatnonzero(np.r_[True, sorted_users[1:] != sorted_users[:-1]])
        reads = np.empty(len(self), np.int64)
        reads[order] = np.arange(len(self)) - np.repeat(starts, np.diff(np.r_[starts, len(self)]))
        return segment_codes(self.logged[self.user], reads)


def _text(code: int) -> str:
    return str(code) if code != NONE else ""
