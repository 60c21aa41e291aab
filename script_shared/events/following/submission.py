"""Entries that wait to be written to the log, and the callback or future that gets the result."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from script_shared.errors import UnavailableError
from script_shared.events.entry import Entry

Flags = list[bool]  # for each entry whether it was new
Settle = Callable[[Flags | UnavailableError], None]


@dataclass
class Submission:
    """Entries that wait to be written.

    Attributes:
        entries: what to write.
        settle: called with the flags of the entries, or with the error that prevented the write.
        trace: ``traceparent`` of the request, "" if it is not traced.
    """

    entries: Sequence[Entry]
    settle: Settle
    trace: str


def settle_future(answer: "Future[Flags]", result: Flags | UnavailableError) -> None:
    """Complete a future, unless its waiter has cancelled it.

    Args:
        answer: the future.
        result: its result, or its exception.
    """
    if answer.done():
        return
    if isinstance(result, UnavailableError):
        answer.set_exception(result)
    else:
        answer.set_result(result)
