"""Answers served lately, so that a click can be credited to its answer."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from script_shared.events.entry import user_digest
from script_shared.events.served_list import ServedList, answer_key
from script_shared.experiments.mark import Mark
from script_shared.exploration.draws import Draw
from script_shared.news.state.reader_key import reader_name

WINDOW_MS = 30 * 60_000  # a later click is no longer the answer's doing
CUTOFF = 10  # places of a list that count


@dataclass(slots=True)
class ServedAnswer:
    """One answer as it was given.

    Attributes:
        answer_id: our own name of it, never the client's.
        items: article ids, best first; sources: which candidates' source brought each, a short name.
        popular: the most read of the last hour at that moment that the user had not read, at most ``CUTOFF``.
        session: identifies the user where ``user`` is empty.
        credited: articles whose click has been credited already.
        draw: how the last places were drawn; None for a list without chance.
        marks: of experiments that it took part in.
    """

    answer_id: str
    user: str
    time_ms: int
    segment: str
    source: str
    release: str
    items: Sequence[str]
    sources: Sequence[str]
    popular: Sequence[str]
    session: str = ""
    credited: set[str] = field(default_factory=set)
    draw: Draw | None = None
    marks: tuple[Mark, ...] = ()

    def to_served_list(self) -> ServedList:
        """As the log database keeps it."""
        return ServedList(
            answer_key(self.answer_id),
            self.time_ms,
            self.user,
            self.session,
            self.segment,
            self.source,
            self.release,
            self.items,
            draw=self.draw,
            marks=self.marks,
        )

    @property
    def reader(self) -> str:
        """Who got it: the user, else a name of the visit, "" where nothing identifies one."""
        return reader_name(self.user, self.session)

    def source_of(self, article_id: str) -> str:
        """The source of an article in the first ``CUTOFF`` places, "" for one that is not there.

        Args:
            article_id: of any article.
        """
        found = (source for item, source in zip(self.items[:CUTOFF], self.sources, strict=False) if item == article_id)
        return next(found, "")


@dataclass(frozen=True)
class Credit:
    """The evaluation of an answer by a click.

    Attributes:
        hit: the article was in the first ``CUTOFF`` places.
        popular_hit: the plain list of the last hour would have had it.
        brought: what made the article a candidate of the answer, "" without a hit.
        article_id: that was clicked; ``place`` of it in the answer, from 0, -1 where it is not in it.
        marks: of the answer.
    """

    segment: str
    source: str
    hit: bool
    popular_hit: bool
    brought: str = ""
    article_id: str = field(default="", compare=False)
    place: int = field(default=-1, compare=False)
    marks: tuple[Mark, ...] = field(default=(), compare=False)


class AnswerCredits:
    """The newest answers of this process, at most ``capacity``.

    Nothing here is as slow as there are many answers: those of a user are found by the digest of an erasure.
    """

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[str, ServedAnswer] = OrderedDict()
        self._of_reader: dict[str, dict[str, None]] = {}  # ids by digest, in the order they were given

    def __len__(self) -> int:
        return len(self._answers)

    def remember(self, answer: ServedAnswer) -> None:
        """Keep an answer.

        Args:
            answer: one that was sent; the oldest is dropped when there are too many.
        """
        self._answers[answer.answer_id] = answer
        if reader := answer.reader:
            self._of_reader.setdefault(user_digest(reader), {})[answer.answer_id] = None
        while len(self._answers) > self._capacity:
            self._drop_from_reader(self._answers.popitem(last=False)[1])

    def credit(self, reader: str, article_id: str, time_ms: int, answer_id: str = "") -> Credit | None:
        """Judge the answer before a click; None when none is known, or when it has had its credit for the article.

        Args:
            reader: as :func:`script_shared.news.state.reader_history.reader_name` names them.
            article_id: that was clicked.
            time_ms: of the click, epoch milliseconds, UTC.
            answer_id: of the answer, as the site may say; without it the user's newest answer is taken.
        """
        answer = self._answer(reader, answer_id)
        if answer is None or not -WINDOW_MS <= time_ms - answer.time_ms <= WINDOW_MS or article_id in answer.credited:
            return None
        answer.credited.add(article_id)
        hit, popular_hit = article_id in answer.items[:CUTOFF], article_id in answer.popular
        credit = Credit(answer.segment, answer.source, hit, popular_hit, answer.source_of(article_id))
        if not answer.marks:
            return credit
        place = answer.items.index(article_id) if article_id in answer.items else -1
        return replace(credit, article_id=article_id, place=place, marks=answer.marks)

    def holds(self, answer_id: str) -> bool:
        """Whether an answer is remembered: it is neither old nor of a person who was erased."""
        return answer_id in self._answers

    def newest_users(self, count: int) -> list[tuple[str, str]]:
        """User and session of the last answers, each once, the last one first; call it on the event loop."""
        last = islice(reversed(self._answers.values()), 10 * count)
        return list(islice(dict.fromkeys((answer.user, answer.session) for answer in last), count))

    def given_to(self, name: str) -> int:
        """How many answers to a user are remembered.

        Args:
            name: id of the user, or the name of a visit.
        """
        return len(self._of_reader.get(user_digest(name), ()))

    def forget_digest(self, digest: str) -> list[str]:
        """Drop all answers given to a user, named as in an ERASE entry; returns their ids.

        Args:
            digest: 32 hex characters.
        """
        ids = list(self._of_reader.pop(digest, ()))
        for answer_id in ids:
            del self._answers[answer_id]
        return ids

    def _answer(self, reader: str, answer_id: str) -> ServedAnswer | None:
        if answer_id or not reader:
            return self._answers.get(answer_id)
        newest = next(reversed(self._of_reader.get(user_digest(reader), {})), "")
        return self._answers.get(newest)

    def _drop_from_reader(self, answer: ServedAnswer) -> None:
        """Take an answer that is no longer kept from its user, and the user who has none left."""
        digest = user_digest(answer.reader) if answer.reader else ""
        if (known := self._of_reader.get(digest)) is not None:
            known.pop(answer.answer_id, None)
            if not known:
                del self._of_reader[digest]
