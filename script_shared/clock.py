"""The one clock on which ages, windows and expiry are counted, and how it is chosen."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

ClockMode = Literal["wall", "data"]
ClockSetting = Literal["auto", "wall", "data"]
HOUR_MS = 3_600_000
EARLY_MS = 60_000  # a clock that is a little fast is forgiven
MADE_UP = ("sample",)  # sources whose data is no site's, so that its time never becomes the present


def wall_ms() -> int:
    """Wall time in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000


@dataclass
class Clock:
    """The source of "now" for everything that depends on time.

    Attributes:
        mode: ``wall`` in production; ``data`` for historical releases, where now is the end of the data.
        data_end_ms: time of the newest interaction known, epoch milliseconds, UTC.
        why: a sentence about the choice, for people.
        may_switch: whether a data clock becomes a wall clock once live events come.

    >>> clock = Clock("data", 1000)
    >>> clock.advance(1500); clock.advance(1200); clock.now_ms()
    1500
    """

    mode: ClockMode
    data_end_ms: int
    why: str = ""
    may_switch: bool = False
    _pace_ms: int = field(init=False)
    _pace_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._pace_ms, self._pace_at = self.data_end_ms, time.monotonic()

    def now_ms(self) -> int:
        """The time it is, in epoch milliseconds, UTC."""
        return wall_ms() if self.mode == "wall" else self.data_end_ms

    def advance(self, event_ms: int) -> None:
        """Move a data clock on to an event; it never runs backwards, and a wall clock needs no moving.

        Args:
            event_ms: time of the event, epoch milliseconds, UTC.
        """
        self.data_end_ms = max(self.data_end_ms, event_ms)

    def reach_ms(self) -> int:
        """The moment up to which strangers may move a data clock: real time since it was set."""
        now = time.monotonic()
        elapsed_ms = int((now - self._pace_at) * 1000)
        self._pace_ms, self._pace_at = self._pace_ms + elapsed_ms, self._pace_at + elapsed_ms / 1000
        if self.data_end_ms - EARLY_MS > self._pace_ms:  # the site moved it, here or in another process
            self._pace_ms, self._pace_at = self.data_end_ms - EARLY_MS, now
        return self._pace_ms + EARLY_MS

    def follow(self, other: "Clock") -> None:
        """Continue real time from another clock of the same service.

        The parts of a millisecond that passed are not carried over: they would add up, swap by swap.

        Args:
            other: the clock of the release that was in service until now.
        """
        if other.mode == self.mode == "data":
            self._pace_ms, self._pace_at = max(self.reach_ms(), other.reach_ms()) - EARLY_MS, time.monotonic()

    def switch(self) -> None:
        """Turn a data clock into a wall clock."""
        if self.mode == "data":
            self.mode, self.may_switch = "wall", False
            self.why = "The data was history, but live events arrived, so the release now runs on wall time."


@dataclass(frozen=True)
class ClockChoice:
    """Which clock a release runs on, and why.

    Attributes:
        setting: what was asked for.
        why: a sentence for people, with what to set for another choice.
        may_switch: whether history becomes the present once live events come.
    """

    mode: ClockMode
    setting: ClockSetting
    why: str
    may_switch: bool = False

    def facts(self) -> dict[str, Any]:
        """As ``model.json`` keeps it."""
        return {
            "clock_mode": self.mode,
            "clock_setting": self.setting,
            "clock_why": self.why,
            "clock_may_switch": self.may_switch,
        }


def choose_clock(
    data_end_ms: int,
    made_at_ms: int,
    max_lag_hours: float,
    *,
    setting: ClockSetting = "auto",
    source: str | None = None,
    posted_ms: int = 0,
) -> ClockChoice:
    """Wall time if the data is fresh, data time if it is history, unless the setting decides.

    Args:
        data_end_ms: end of the data, epoch milliseconds, UTC.
        made_at_ms: when the release is made, epoch milliseconds, UTC.
        max_lag_hours: data older than this is history.
        setting: ``PAUTA_CLOCK``.
        source: where the data came from.
        posted_ms: when an article was posted last, epoch milliseconds, UTC, 0 for never; a site that posts is live,
            however old its files are.

    >>> choose_clock(0, HOUR_MS, 48).mode, choose_clock(0, 49 * HOUR_MS, 48).mode
    ('wall', 'data')
    """
    age = f"The data ends {_age((made_at_ms - data_end_ms) / HOUR_MS)} before the training"
    if setting != "auto":
        return ClockChoice(setting, setting, f"PAUTA_CLOCK is {setting}. {age}.")
    if made_at_ms - data_end_ms <= max_lag_hours * HOUR_MS:
        return ClockChoice("wall", setting, f"{age}: it is fresh, so the release runs on wall time.")
    if made_at_ms - posted_ms <= max_lag_hours * HOUR_MS and source not in MADE_UP:
        return ClockChoice("wall", setting, f"{age}, but articles are posted, so the release runs on wall time.")
    history = f"{age}, more than {max_lag_hours:g} hours: it is history, so the release runs on data time"
    if source in MADE_UP:
        return ClockChoice("data", setting, f"{history}. Made-up data stays on it; PAUTA_CLOCK=wall changes that.")
    return ClockChoice(
        "data",
        setting,
        f"{history} until live events come. PAUTA_CLOCK=wall switches at once, PAUTA_CLOCK=data never does.",
        may_switch=True,
    )


def clock_of(facts: dict[str, Any], setting: ClockSetting = "auto") -> Clock:
    """The clock of a release, by what its ``model.json`` says; a setting of the service other than auto overrules it.

    A release made before the choice was kept does not switch by itself.

    Args:
        facts: the content of ``model.json``: ``data_end_ms``, ``clock_mode`` and, in releases since the choice is kept,
            ``clock_why`` and ``clock_may_switch``.
        setting: ``PAUTA_CLOCK`` of this service.
    """
    if setting != "auto":
        return Clock(setting, facts["data_end_ms"], f"PAUTA_CLOCK of this service is {setting}.")
    mode: ClockMode = facts["clock_mode"]
    why = str(facts.get("clock_why", "As chosen when the release was made."))
    return Clock(mode, facts["data_end_ms"], why, mode == "data" and bool(facts.get("clock_may_switch", False)))


def _age(hours: float) -> str:
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
