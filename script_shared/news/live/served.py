"""What was served a while ago, so that a click can be credited to the answer that brought it."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from script_shared.events import Entry, Kind
from script_shared.events.entry import user_digest

WINDOW_MS = 30 * 60_000  # a later click is no longer the answer's doing
CUTOFF = 10  # places of a list that count
ANSWERS_PER_READER = 4


@dataclass(slots=True)
class ServedAnswer:
    """One answer as it was given.

    Attributes:
        items: article ids, best first; sources: which candidates' source brought each, a short name.
        popular: the most read of the last hour at that moment that the reader had not read, at most ``CUTOFF``.
        credited: articles whose click has been credited already.
    """

    request_id: str
    user: str
    time_ms: int
    segment: str
    source: str
    release: str
    items: Sequence[str]
    sources: Sequence[str]
    popular: Sequence[str]
    credited: set[str] = field(default_factory=set)

    def entry(self) -> Entry:
        """As the event log keeps it."""
        names = ("segment", "source", "release", "items", "sources", "popular")
        body: dict[str, Any] = {name: _plain(getattr(self, name)) for name in names}
        return Entry(f"served-{self.request_id}"[:128], Kind.SERVED, self.time_ms, self.user, "", body)

    def is_of(self, digest: str) -> bool:
        """Whether it was given to the reader of this digest."""
        return bool(self.user) and user_digest(self.user) == digest


@dataclass(frozen=True)
class Credit:
    """What a click says about the answer before it.

    Attributes:
        hit: the article stood in the first ``CUTOFF`` places.
        popular_hit: the plain list of the last hour would have had it.
    """

    segment: str
    source: str
    hit: bool
    popular_hit: bool


class ServedMemory:
    """The newest answers of this process; the oldest leave when there are more than ``capacity``."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[str, ServedAnswer] = OrderedDict()
        self._of_user: dict[str, deque[str]] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def remember(self, answer: ServedAnswer) -> None:
        """Keep an answer; one with the id of another takes its place."""
        self._answers[answer.request_id] = answer
        self._answers.move_to_end(answer.request_id)
        if answer.user:
            self._of_user.setdefault(answer.user, deque(maxlen=ANSWERS_PER_READER)).append(answer.request_id)
        while len(self._answers) > self._capacity:
            self._drop(self._answers.popitem(last=False)[1])

    def credit(self, user: str, article_id: str, time_ms: int, request_id: str = "") -> Credit | None:
        """Judge the answer before a click; None when none is known, or when it has had its credit for the article.

        Args:
            request_id: of the answer, as the site may say; without it the reader's newest answer is taken.
        """
        answer = self._answer(user, request_id)
        if answer is None or not -WINDOW_MS <= time_ms - answer.time_ms <= WINDOW_MS or article_id in answer.credited:
            return None
        answer.credited.add(article_id)
        return Credit(answer.segment, answer.source, article_id in answer.items[:CUTOFF], article_id in answer.popular)

    def forget_digest(self, digest: str) -> None:
        """Drop all answers given to a reader, named as in an ERASE entry."""
        for user in [user for user in self._of_user if user_digest(user) == digest]:
            del self._of_user[user]
        for request_id in [key for key, answer in self._answers.items() if answer.is_of(digest)]:
            del self._answers[request_id]

    def _answer(self, user: str, request_id: str) -> ServedAnswer | None:
        if request_id:
            return self._answers.get(request_id)
        for known in reversed(self._of_user.get(user, ())):
            if known in self._answers:
                return self._answers[known]
        return None

    def _drop(self, answer: ServedAnswer) -> None:
        known = self._of_user.get(answer.user)
        if known and known[0] == answer.request_id:
            known.popleft()
        if known is not None and not known:
            del self._of_user[answer.user]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else list(value)
