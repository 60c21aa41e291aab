"""What made the score of an article, for people: the ranker's features summed up by theme."""

from collections.abc import Mapping
from typing import NamedTuple

THEMES = {  # beginning of a feature's name to its theme, which is a word of the pages; the longest one counts
    "share_": "now",
    "mix": "now",
    "last_10_minutes": "now",
    "last_hour": "now",
    "trend_": "rising",
    "region_": "nearby",
    "device_": "alike",
    "depth_": "alike",
    "os_depth_": "alike",
    "referrer_": "alike",
    "came_": "alike",
    "lifts_": "alike",
    "together_": "with",
    "following_": "with",
    "onward_": "with",
    "later_": "with",
    "next_": "with",
    "visit": "with",
    "earlier_visits": "with",
    "taste_": "habits",
    "reads": "habits",
    "last_share": "habits",
    "section_liking": "section_liking",
    "segment": "segment_list",
}
SMALLEST = 1e-4  # a theme that adds less is not mentioned


class Part(NamedTuple):
    """What one theme added to the score of an article."""

    theme: str
    value: float


def theme_of(feature: str) -> str:
    """The theme of a feature or part, ``other`` for an unknown one.

    Args:
        feature: its name.

    >>> theme_of("region_device_share_5m"), theme_of("segment_place"), theme_of("last_share")
    ('nearby', 'segment_list', 'habits')
    """
    found = [beginning for beginning in THEMES if feature.startswith(beginning)]
    return THEMES[max(found, key=len)] if found else "other"


def parts_of(explain: Mapping[str, float]) -> list[Part]:
    """The themes of an explanation, those that changed the score most first.

    Args:
        explain: what each feature added.
    """
    sums: dict[str, float] = {}
    for feature, value in explain.items():
        sums[theme_of(feature)] = sums.get(theme_of(feature), 0.0) + value
    parts = [Part(theme, value) for theme, value in sums.items() if abs(value) >= SMALLEST]
    return sorted(parts, key=lambda part: -abs(part.value))
