"""Recent answers of this process: stored a little later, credited with clicks, forgotten with their user.

It gets the entries of the log in order, as the live state does, and counts each entry once.
"""

from collections.abc import Callable, Sequence
from itertools import islice

from script_shared.events import Entry, Kind
from script_shared.events.entry import storable, user_digest
from script_shared.events.served_list import ServedList, is_sampled
from script_shared.names import MAX_ID
from script_shared.news.serving.answer_credits import AnswerCredits, Credit, ServedAnswer
from script_shared.news.state.reader_key import reader_name


class AnswerMemory:
    """The answers of one process.

    Args:
        write: writes served lists to the log database soon, or drops them.
        credited: called with what each credited click says about its answer.
        share: share of the answers that are written, 0 to 1.

    Attributes:
        served: the newest answers.
        seq: number of the last entry of the log that was read.
    """

    def __init__(
        self, write: Callable[[Sequence[ServedList]], None], credited: Callable[[Credit], None], share: float = 1.0
    ) -> None:
        self.served = AnswerCredits()
        self.seq = 0
        self._write, self._credited, self._share = write, credited, share
        self._waiting: dict[str, ServedAnswer] = {}

    def remember(self, answer: ServedAnswer, *, keep: bool = True) -> None:
        """Remember an answer, so that a click can be credited to it; it is written later, or only after ``keep()``."""
        self.served.remember(answer)
        if keep:
            self.keep(answer)

    def keep(self, answer: ServedAnswer) -> None:
        """Write an answer later, unless it was forgotten with its user by then."""
        if not self.served.holds(answer.answer_id):
            return
        names = (answer.user, answer.session)
        if is_sampled(answer.answer_id, self._share) and all(len(name) <= MAX_ID and storable(name) for name in names):
            self._waiting[answer.answer_id] = answer

    def judge(self, click: Entry, answer_id: str = "") -> None:
        """Credit a click to its answer, if this process gave it; without an id, to the newest answer of the user."""
        reader = reader_name(click.user_id, str(click.body.get("session", "")))
        if (credit := self.served.credit(reader, click.article_id, click.time_ms, answer_id)) is not None:
            self._credited(credit)

    def take(self, entries: Sequence[Entry], *, after: int) -> None:
        """Read entries that follow number ``after``; does nothing if entries before them are missing."""
        if self.seq < after:
            return
        for entry in entries:
            if entry.seq > self.seq:
                self.seq = entry.seq
                self._look_at(entry)

    def waiting(self) -> int:
        """How many answers wait to be written."""
        return len(self._waiting)

    def flush(self, most: int | None = None) -> None:
        """Write waiting answers, at most ``most``."""
        some = list(islice(self._waiting, most))
        if some:
            self._write([self._waiting.pop(answer_id).to_served_list() for answer_id in some])

    def _look_at(self, entry: Entry) -> None:
        if entry.kind == Kind.CLICK and (answer_id := entry.body.get("answer_id")):
            self.judge(entry, str(answer_id))
        elif entry.kind == Kind.ERASE:
            digest = str(entry.body["digest"])
            self.served.forget_digest(digest)
            for answer_id in [name for name, answer in self._waiting.items() if _given_to(answer, digest)]:
                del self._waiting[answer_id]


def _given_to(answer: ServedAnswer, digest: str) -> bool:
    return digest in map(user_digest, answer.to_served_list().people)
