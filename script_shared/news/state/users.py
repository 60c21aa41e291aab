"""The users of a live state: everything that is known of one of them, whatever store keeps it."""

from script_shared.events.entry import user_key
from script_shared.news.counting.impressions import ImpressionCounts
from script_shared.news.counting.labels import Labels
from script_shared.news.state.reader_clusters import ReaderClusters
from script_shared.news.state.reader_history import ReaderHistories
from script_shared.news.state.reader_key import reader_key
from script_shared.news.state.visits import Visits, session_key


class Users:
    """Joins the stores of users.

    Args:
        readers: the reads of users; shown: their impressions.
        visits: the users of visits; what a visit read before its login is the user's.
        labels: who sent which new label.
    """

    def __init__(
        self,
        readers: ReaderHistories,
        shown: ImpressionCounts,
        clusters: ReaderClusters,
        visits: Visits,
        labels: Labels,
    ) -> None:
        self._readers, self._shown, self._clusters = readers, shown, clusters
        self._visits, self._labels = visits, labels

    def keys(self, user: str, session: str) -> tuple[int, ...]:
        """For whom a click counts; its user, where it names one, is seen in its visit."""
        if not user:
            return self._visits.keys_of(reader_key("", session))
        own = user_key(user)
        if session:
            self._join(session_key(session), own)
        return (own,)

    def log_in(self, user: str, session: str) -> None:
        """A user was seen in a visit: what the visit read and was shown without one is the user's too.

        Does nothing without user or visit.
        """
        if user and session:
            self._join(session_key(session), reader_key(user, ""))

    def forget(self, key: int, *, visits: bool) -> None:
        """Forget a user; with ``visits`` also the users of visits."""
        self._readers.forget(key)
        self._shown.forget(key)
        self._clusters.forget(key)
        self._labels.forget(key)
        if visits:
            self._visits.forget(key)

    def _join(self, visit: int, user: int) -> None:
        if self._visits.join(visit, user):
            self._readers.give(visit, user)
            self._shown.give(visit, user)
