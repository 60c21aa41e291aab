"""How far behind the event log a process is, for people and metrics."""

import threading
from dataclasses import dataclass, field


@dataclass
class Lag:
    """How far behind the log this process is.

    Attributes:
        applied: number of the last entry known.
        error: why the log could not be read the last time, "" when it could.
        write_error: why the last write failed, "" once one succeeded.
        dropped: served lists that were not written.
        pending: entries that wait to be written.
        read_at: when the log was last read to its end, seconds on the monotonic clock; 0 for never.
    """

    applied: int = 0
    error: str = ""
    write_error: str = ""
    dropped: int = 0
    pending: int = 0
    read_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def wait(self, entries: int) -> None:
        """Note that more entries wait to be written, or fewer; requests add, the follower's thread takes away.

        Args:
            entries: how many more; negative when they are written.
        """
        with self._lock:
            self.pending += entries

    def drop(self, lists: int) -> None:
        """Note served lists that were not written; likewise.

        Args:
            lists: how many more.
        """
        with self._lock:
            self.dropped += lists
