"""The time that your clicks cover: begin, end, and the clicks outside, by the rules of refine."""

from dataclasses import dataclass
from typing import Self

import polars as pl

from script_shared.clock import wall_ms
from script_shared.data_end import data_begin, data_end

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Span:
    """Epoch milliseconds, UTC, and numbers of clicks.

    Attributes:
        begin_ms: of the clicks that count; end_ms likewise.
        clicks: between both.
        ahead: after the end, or ahead of this machine's clock.
        behind: before the begin.
    """

    begin_ms: int
    end_ms: int
    clicks: int
    ahead: int
    behind: int

    @classmethod
    def of(cls, time_ms: pl.Series, who: pl.Series) -> Self:
        """Of the clicks that have a time and a user.

        Args:
            who: user or session of each click.
        """
        times, users = time_ms.to_numpy(), who.rank("dense").cast(pl.Int64).to_numpy()
        end = data_end(times, users, wall_ms=wall_ms())
        rest, known = times[~end.ahead], users[~end.ahead]
        begin_ms = data_begin(rest, known)
        behind = int((rest < begin_ms).sum())
        return cls(begin_ms, end.end_ms, len(rest) - behind, int(end.ahead.sum()), behind)

    def outside(self) -> list[str]:
        """A sentence for each kind of clicks outside."""
        found = {
            "lie ahead of the end of the data or of this machine's clock": (self.ahead, "time_ahead"),
            "lie before the begin of the data": (self.behind, "time_behind"),
        }
        return [f"{count:,} rows {what} and will be rejected ({why})" for what, (count, why) in found.items() if count]

    def text(self) -> str:
        """Begin, end and rate."""
        if not self.clicks:
            return "none that can be used"
        ends = pl.Series([self.begin_ms, self.end_ms]).cast(pl.Datetime("ms", "UTC")).dt.strftime("%Y-%m-%d %H:%M")
        days = max((self.end_ms - self.begin_ms) / DAY_MS, 1 / 24)
        return f"{ends[0]} to {ends[1]} UTC ({days:,.1f} days, {self.clicks / days / 24:,.1f} clicks an hour)"
