"""The impressions that answers have proven, so that one list proves one impression of each article."""

MOST = 100_000  # claims of a generation; two generations are kept


class ProvenOnce:
    """The newest claims of this process; the oldest are dropped when there are many.

    An event that is sent again, with its own id, is the same claim.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._new: dict[int, int] = {}  # hash of the event id by hash of the pair
        self._old: dict[int, int] = {}

    def claim(self, shown: tuple[str, str], event_id: str) -> bool:
        """Whether an event is the first, or the same again, to claim a pair of answer id and page."""
        pair, event = hash(shown), hash(event_id)
        first = self._new.get(pair, self._old.get(pair, event))
        if len(self._new) >= self._most:
            self._old, self._new = self._new, {}
        self._new[pair] = first
        return first == event
