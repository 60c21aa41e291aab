"""Detects when a site on data time is live: by events of the site, or of enough users, at wall time.

An entry that was dated by the wall clock while a release ran on data time carries a mark. Marks are counted in the
order of the log, so every process switches at the same entry.
"""

from dataclasses import dataclass, field

from script_shared.events import Entry

LATE = "late"  # in the body of an entry: it lay far back when it came, so its time says nothing about the clock
MARK = "clock"  # in the body of an entry: by whose word the wall clock dated it
READER, SITE, STRANGER = "wall", "site", "stranger"  # anybody's; the site's, by token or signature; of no weight
LIVE_READERS = 10  # distinct users: more than one person who tries the API, fewer than the slowest site has in a day


@dataclass
class LiveSigns:
    """Signs that a site is live, as far as the log was folded.

    Attributes:
        readers: keys of the users that acted by the wall clock.
        live: whether the signs are enough; they stay so.
    """

    readers: set[int] = field(default_factory=set)
    live: bool = False

    def note(self, entry: Entry, reader: int) -> bool:
        """Take an entry into account; True when it is the one that makes the signs enough.

        Args:
            entry: of any kind; only those with the mark count.
            reader: key of the user, 0 for none.
        """
        mark = entry.body.get(MARK)
        if self.live or mark is None:
            return False
        if mark == READER and reader:
            self.readers.add(reader)
        self.live = mark == SITE or len(self.readers) >= LIVE_READERS
        return self.live

    def forget(self, reader: int) -> None:
        """Forget a user who was erased; the signs stay enough.

        Args:
            reader: key of the user.
        """
        self.readers.discard(reader)
