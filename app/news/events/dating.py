"""Which times events and articles may have, and by which clock they are dated."""

from dataclasses import dataclass
from typing import Any

from script_shared.clock import EARLY_MS, HOUR_MS, Clock, wall_ms
from script_shared.live_signs import LATE, MARK, READER, SITE, STRANGER
from script_shared.times import iso

HELP = "This release runs on data time; see `clock` in /info and PAUTA_CLOCK"


@dataclass(frozen=True)
class Span:
    """Moments from ``first`` to ``last``, both included; epoch milliseconds, UTC."""

    first: int
    last: int

    def __contains__(self, time_ms: int) -> bool:
        return self.first <= time_ms <= self.last

    def __str__(self) -> str:
        return f"between {iso(self.first)} and {iso(self.last)}"


@dataclass(frozen=True)
class Dating:
    """The times that one request may write.

    Attributes:
        history: on data time, the times around the release's moment; None on wall time.
        present: the times around this moment; None if history is fixed.
        now_ms: the moment on the release's clock; wall_ms: on the wall clock.
        mark: who says that an entry is of the present; None if entries are not marked.
    """

    history: Span | None
    present: Span | None
    now_ms: int
    wall_ms: int
    mark: str | None

    @classmethod
    def of(
        cls, clock: Clock, late_hours: float, *, by_site: bool, believed: bool = True, marked: bool = False
    ) -> "Dating":
        """The times that may be written now.

        On wall time, events must lie in the past; a clock may be a little fast. On data time, events move the clock:
        those of the site may be as far ahead as they may be late, others move it no faster than real time. If
        history may switch to wall time, events of the present are accepted, too.

        Args:
            late_hours: age at which an event is refused.
            by_site: whether the request carries the admin token or the signature of the site.
            believed: whether users in unsigned events are signs of a live site; False if the site signs its events.
            marked: whether entries of the present are marked; on data time they always are.
        """
        now_ms, wall, late_ms = clock.now_ms(), wall_ms(), int(late_hours * HOUR_MS)
        present = Span(wall - late_ms, wall + EARLY_MS)
        mark = SITE if by_site else READER if believed else STRANGER
        if clock.mode == "wall":
            return cls(None, present, wall, wall, mark if marked else None)
        last_ms = now_ms + late_ms if by_site else clock.reach_ms()
        history = Span(now_ms - late_ms, max(now_ms, min(last_ms, wall + EARLY_MS)))
        return cls(history, present if clock.may_switch else None, now_ms, wall, mark)

    def refusal(self, time_ms: int | None) -> str:
        """Why an event may not have a time, "" when it may; None is the moment of its arrival."""
        spans = [span for span in (self.history, self.present) if span is not None]
        if time_ms is None or any(time_ms in span for span in spans):
            return ""
        ways = " or ".join(map(str, spans))
        return f"must lie {ways}" + (f". {HELP}" if self.present is None else "")

    def stamp(self, time_ms: int | None) -> tuple[int, dict[str, Any]]:
        """The time to write an allowed event with, and the marks for its body."""
        if self.present is None or (time_ms is not None and self.history is not None and time_ms in self.history):
            return self.now_ms if time_ms is None else time_ms, {}
        dated = self.wall_ms if time_ms is None else time_ms
        late = {LATE: True} if dated < self.wall_ms - EARLY_MS else {}
        return dated, late | ({MARK: self.mark} if self.mark else {})

    def stamp_post(self, issued_ms: int | None, *, new_text: bool) -> tuple[int, dict[str, Any]]:
        """The same for a posted article, which is of the present if its publication is.

        Args:
            issued_ms: the moment of its publication, None if the post does not have it.
            new_text: whether the post brings a title or a text; without a publication, new text is of the present.
        """
        if self.present is None or (self.history is not None and not self._is_of_now(issued_ms, new_text=new_text)):
            return self.now_ms, {}
        return self.wall_ms, {MARK: self.mark} if self.mark else {}

    def _is_of_now(self, issued_ms: int | None, *, new_text: bool) -> bool:
        if issued_ms is None:
            return new_text
        return self.present is not None and issued_ms in self.present
