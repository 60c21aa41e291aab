"""Reads from before a snapshot of the live state that are not in it: looked up in the event log, or they come back."""

from script_shared.events import EventLog
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.throttle import yield_cpu

AT_ONCE = 500  # clicks, or users, looked up at once


def recall(newsroom: Newsroom, events: EventLog, since_ms: int) -> None:
    """Note who read what of clicks that training left out.

    A release says by number which ones these are: clicks before the article was posted, beyond a limit, of users who
    were erased once. Of a release of before, only those of users whom the snapshot does not know are found.

    Args:
        newsroom: where the reads are noted.
        events: the log that is asked for the clicks.
        since_ms: how far back users are looked for, where the release does not say which clicks it lacks.

    Raises:
        UnavailableError: the log cannot be read.
    """
    if newsroom.recalled is None:
        _recall_unknown(newsroom, events, since_ms)
        return
    shared = newsroom.shared_visits.tolist() if newsroom.shared_visits is not None else []
    with newsroom.visits.without(shared):  # their logins are recalled too, and have the users of clicks without one
        numbers, settled = newsroom.recalled.tolist(), newsroom.visits.all()
        for start in range(0, len(numbers), AT_ONCE):
            newsroom.recall(events.history.of_visits(numbers[start : start + AT_ONCE]), settled)
            yield_cpu()


def _recall_unknown(newsroom: Newsroom, events: EventLog, since_ms: int) -> None:
    users = sorted(events.history.readers(newsroom.snapshot_seq, since_ms))
    for start in range(0, len(users), AT_ONCE):
        if unknown := [user for user in users[start : start + AT_ONCE] if newsroom.reads.lacks(user)]:
            newsroom.recall(events.history.clicks_of(unknown, newsroom.snapshot_seq))
        yield_cpu()
