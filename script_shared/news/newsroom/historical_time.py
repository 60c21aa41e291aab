"""The time of historical data: it begins at the end of the data, and only events of that time move it on."""

from script_shared.events import Entry, Kind
from script_shared.live_signs import MARK, LiveSigns
from script_shared.news.state.reader_key import digest_key, reader_key


class HistoricalTime:
    """Separates events of historical data from events of the present.

    Args:
        longest_pause_ms: an event that comes after a longer pause was dated by the wall clock.
        signs: that the site is live, enough of which end historical time; None where nothing does.
    """

    def __init__(self, longest_pause_ms: int, signs: LiveSigns | None) -> None:
        self._longest_pause_ms, self._signs = longest_pause_ms, signs

    @property
    def live(self) -> bool:
        """Whether history has become the present."""
        return self._signs is not None and self._signs.live

    def look_for_signs(self, entry: Entry) -> bool:
        """Whether history becomes the present with this entry, because the site is seen to be live."""
        if self._signs is None or MARK not in entry.body:
            return False
        return self._signs.note(entry, reader_key(entry.user_id, str(entry.body.get("session", ""))))

    def is_other_clock(self, entry: Entry, now_ms: int) -> bool:
        """Whether a click or impression was dated by the wall clock, so that it would make everything old."""
        if self.live or entry.kind not in (Kind.CLICK, Kind.IMPRESSION):
            return False
        return MARK in entry.body or entry.time_ms > now_ms + self._longest_pause_ms

    def forget(self, digest: str) -> None:
        """Forget a user given by :func:`script_shared.events.entry.user_digest`."""
        if self._signs is not None:
            self._signs.forget(digest_key(digest))
