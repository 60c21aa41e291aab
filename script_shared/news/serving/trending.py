"""The most read articles now: overall, and in each section, region and cluster of users."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.news.counting import windows
from script_shared.news.state.audiences import REGIONS
from script_shared.news.state.state import LiveState

ARTICLES, GROUPS = 5, 20  # reported of each group; groups reported, those with most clicks
_LEAST = 0.01  # clicks below which nothing is reported


def trending(state: LiveState, sections: Sequence[str], window: str) -> dict[str, Any]:
    """Articles with the most clicks in a decayed window, as of the latest event; groups with most clicks first.

    Args:
        state: the live state.
        sections: name of the section of each used row, "" for none.
        window: one of ``windows.TREND``.

    Returns:
        ``window`` as it was asked for; ``overall``: decayed ``clicks`` and the ``articles`` with most of them;
        ``sections``, ``regions`` and ``clusters``: the same by the name of the group.
    """
    wanted, window = window, windows.nearest(window, windows.TREND, state.params.pace)
    used, place = state.articles.used, windows.TREND.index(window)
    factor = state.counts.decay.factors(state.now_ms)[windows.INDEX[window]]
    overall = state.counts.overall.sums[windows.OVERALL.index(window), 0, :used] * factor
    groups = state.counts.trends.sums[place, :, :used] * factor
    of, clusters = np.array(sections, object), range(len(groups) - REGIONS)
    return {
        "window": wanted,
        "overall": _top(state, overall),
        "sections": _most(state, ((name, np.where(of == name, overall, 0.0)) for name in sorted(set(sections)))),
        "regions": _most(state, ((name, groups[code]) for name, code in state.group_names.regions.items())),
        "clusters": _most(state, ((str(cluster), groups[REGIONS + cluster]) for cluster in clusters)),
    }


def _most(state: LiveState, groups: Iterable[tuple[str, FloatArray]]) -> dict[str, dict[str, Any]]:
    """The groups with most clicks by name, those without a name left out."""
    found = {name: _top(state, clicks) for name, clicks in groups if name and clicks.sum() >= _LEAST}
    names = sorted(found, key=lambda name: -found[name]["clicks"])[:GROUPS]
    return {name: found[name] for name in names}


def _top(state: LiveState, clicks: FloatArray) -> dict[str, Any]:
    total = float(clicks.sum())
    rows = np.argsort(-clicks, kind="stable")[:ARTICLES]
    articles = [
        {"article": state.article_id(row), "clicks": round(float(clicks[row]), 2), "share": float(clicks[row]) / total}
        for row in rows[clicks[rows] >= _LEAST].tolist()
    ]
    return {"clicks": round(total, 2), "articles": articles}
