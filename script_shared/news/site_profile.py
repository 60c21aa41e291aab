"""Measures a site's rate from its reads, and derives windows and counts from it.

A setting with the value ``"auto"`` in the params file takes what its rule in ``AUTO`` says of the site; a value that is
written there overrules it. A site with ``FAST`` clicks an hour or more is one for which every rule gives the value that
was found by experiment on busy portals (``BUSY``); nothing of it is measured more closely. ``docs/sites.md`` explains.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import log1p
from typing import Any

FAST = 500.0  # clicks an hour
PACES = tuple(2**power for power in range(9))  # 1 to 256: half-lives of 10 minutes to 43 hours for the middle window
LONGEST_HOURS = 365 * 24.0
LEADING = 0.05  # share of the clicks that a leading article has, about


@dataclass(frozen=True)
class SiteProfile:
    """A site in numbers; times in hours.

    Attributes:
        days: span of the reads.
        clicks_per_hour: reads by span.
        users_per_day: distinct users of a day, the mean over all days.
        life_hours: half of the reads come within so many hours of the article's publication.
        last_hours: 95 % of them do.
        pace: how many times longer than on a busy portal live counts have to last to say most of the next click.
        window_hours: the shortest window at the end with enough users of every segment.
        window_users: users of that window.
    """

    days: float
    clicks_per_hour: float
    users_per_day: float
    life_hours: float
    last_hours: float
    pace: int = 1
    window_hours: float = 12.0
    window_users: int = 0

    @property
    def fast(self) -> bool:
        """Whether it is as busy as the portals that the settings were found on."""
        return self.clicks_per_hour >= FAST

    def as_facts(self) -> dict[str, Any]:
        """For people and for later steps."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


BUSY = SiteProfile(13.0, 8_354.0, 58_666.0, 24.0, 161.0)  # G1, two weeks of October 2017


def _alive_hours(site: SiteProfile) -> float:
    """An article expires when hardly anybody reads it any more."""
    return 168.0 if site.fast else min(LONGEST_HOURS, max(168.0, round(site.last_hours)))


def _most_read_hours(site: SiteProfile) -> list[float]:
    return [1.0, 6.0, 24.0] if site.fast else [1.0, 6.0, 24.0, 168.0]


def _beats(site: SiteProfile) -> list[str]:
    """The plain lists that are hardest to beat: on a slow site longer ones, of which any may be the best."""
    return ["most_read_10m"] if site.fast else ["most_read_1h", "most_read_6h", "most_read_24h", "most_read_7d"]


def _least_users(site: SiteProfile) -> int:
    """A third of what each segment would have if the window's users were shared alike, from 10 to 50."""
    return 50 if site.fast or site.window_users >= 300 else max(10, site.window_users // 6)


def _recency_weight(site: SiteProfile) -> float:
    """Recency is added to a logarithm of counts, so its weight is less where counts are small."""
    ratio = log1p(LEADING * site.clicks_per_hour * site.pace) / log1p(LEADING * BUSY.clicks_per_hour)
    return 2.0 if site.fast else max(0.1, round(2.0 * ratio, 2))


Rule = Callable[[SiteProfile], Any]
AUTO: dict[str, Rule] = {
    "split.window_hours": lambda site: site.window_hours,
    "evaluation.batch_hours": lambda site: LONGEST_HOURS if site.fast else 12.0 * site.pace,
    "evaluation.popularity_windows_hours": _most_read_hours,
    "gate.min_users": _least_users,
    "gate.beats": _beats,
    "rehearsal.hours": lambda site: min(site.window_hours, 12.0 * site.pace),
    "ranking.hours": lambda site: max(24.0, site.window_hours),
    "ranking.renew_hours": lambda site: LONGEST_HOURS if site.fast else 3.0 * site.pace,
    "ranking.fold_days": lambda site: 3.0 * site.pace,
    "pool.max_age_hours": _alive_hours,
    "live.pace": lambda site: site.pace,
    "popularity.half_lives_hours": lambda site: [hours * site.pace for hours in (0.25, 1.0, 6.0)],
    "popularity.recency_weight": _recency_weight,
    "popularity.recency_half_life_hours": lambda site: 2.0 * site.pace,
    "semi_logged.window_days": lambda site: 30.0 * min(site.pace, 12),
    "logged.content.profile_half_life_hours": lambda site: 168.0 * min(site.pace, 16),
}


def auto_keys(values: dict[str, Any], prefix: str = "") -> list[str]:
    """The settings of a params file whose value is ``"auto"`` and that have a rule, in the file's order.

    >>> auto_keys({"split": {"window_hours": "auto"}, "gate": {"metric": "auto"}})
    ['split.window_hours']
    """
    found: list[str] = []
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            found += auto_keys(value, f"{key}.")
        elif value == "auto" and key in AUTO:
            found.append(key)
    return found


def with_rules(values: dict[str, Any], keys: list[str], site: SiteProfile) -> dict[str, Any]:
    """The same values with what the rules say of a site at some keys.

    >>> with_rules({"live": {"pace": "auto", "articles": 9}}, ["live.pace"], BUSY)
    {'live': {'pace': 1, 'articles': 9}}
    """
    changed = dict(values)
    for key in keys:
        *tables, name = key.split(".")
        inner = changed
        for table in tables:
            inner[table] = dict(inner[table])
            inner = inner[table]
        inner[name] = AUTO[key](site)
    return changed
