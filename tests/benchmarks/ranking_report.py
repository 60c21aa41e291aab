"""The ranking benchmark's table as markdown: every group of clicks, who is ahead by how much, and what peers cost."""

from typing import Any

import numpy as np

from pipelines.news.evaluation.rolling import RANKED, Result
from pipelines.news.replay.figures import MEASURES, GroupFigure, ahead
from script_shared.arrays import IntArray
from script_shared.news.segments import SEGMENT_NAMES

BARS = {("all", "HR@10"): 0.64, ("all", "MRR@10"): 0.31, ("last", "HR@20"): 0.72, ("last", "NDCG@20"): 0.415}
PLAIN = "most read, 10m"
TITLES = {
    "all": "All clicks",
    "first": "First of a session",
    "later": "Later in a session",
    "last": "Last of a session",
}


def bars(rows: list[GroupFigure]) -> list[dict[str, Any]]:
    """What is aimed at, what was reached, and whether the whole interval lies above."""
    found = {(row.group, row.measure): row for row in rows if row.model == RANKED}
    return [
        {"group": group, "measure": name, "bar": bar, "value": found[group, name].value, "low": found[group, name].low}
        for (group, name), bar in BARS.items()
    ]


def gains_by_segment(
    result: Result, users: IntArray, member: dict[str, IntArray], resamples: int, seed: int
) -> list[dict[str, Any]]:
    """How far the ranker is ahead of the most read of ten minutes, for all and for each segment's clicks."""
    rows = []
    for group in ("all", *SEGMENT_NAMES):
        of = member[group]
        found = ahead(result.ranks[RANKED][of], result.ranks[PLAIN][of], users[of], resamples, seed)
        for name, (value, low, high) in found.items():
            clicks = int(of.sum())
            rows.append({"group": group, "measure": name, "gain": value, "low": low, "high": high, "clicks": clicks})
    return rows


def markdown(title: str, facts: dict[str, Any], rows: list[GroupFigure]) -> str:
    """The whole report; ``facts`` hold ``bars``, ``gains``, ``peers`` and what else the run noted."""
    parts = [f"# {title}", _preface(facts)]
    parts += [_group(rows, group) for group in dict.fromkeys(row.group for row in rows)]
    parts += [_bars(facts["bars"]), _gains(facts["gains"])]
    if facts["peers"]:
        parts.append(_costs(facts["peers"]))
    return "\n\n".join(parts) + "\n"


def _preface(facts: dict[str, Any]) -> str:
    share, skipped = facts["window"]["share"], facts["skipped_already_read"]
    return (
        f"{facts['cases']:,} clicks, of {share:.0%} of the users; each is ranked knowing every click before it. "
        f"Full catalogue; {skipped:,} clicks on articles read before are left out. 95 % intervals by user in "
        "brackets. Logins are simulated."
    )


def _group(rows: list[GroupFigure], group: str) -> str:
    mine = [row for row in rows if row.group == group]
    title = TITLES.get(group, f"Segment {group}" if group in SEGMENT_NAMES else group)
    lines = [f"## {title} ({mine[0].clicks:,} clicks)", "", _line(["model", *MEASURES]), _line(["---"] * 5)]
    for model in dict.fromkeys(row.model for row in mine):
        cells = {row.measure: f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in mine if row.model == model}
        lines.append(_line([model, *(cells[name] for name in MEASURES)]))
    return "\n".join(lines)


def _bars(found: list[dict[str, Any]]) -> str:
    lines = ["## Bars", "", _line(["clicks", "measure", "bar", "reached", "lower end", "above"]), _line(["---"] * 6)]
    for bar in found:
        above = "yes" if bar["low"] > bar["bar"] else "within the interval" if bar["value"] > bar["bar"] else "no"
        values = (f"{bar['bar']:.3f}", f"{bar['value']:.3f}", f"{bar['low']:.3f}")
        lines.append(_line([bar["group"], bar["measure"], *values, above]))
    return "\n".join(lines)


def _gains(found: list[dict[str, Any]]) -> str:
    title = f"## {RANKED} ahead of “{PLAIN}” on the same clicks"
    lines = [title, "", _line(["clicks", *MEASURES]), _line(["---"] * 5)]
    for group in dict.fromkeys(row["group"] for row in found):
        cells = {
            r["measure"]: f"{r['gain']:+.3f} [{r['low']:+.3f}, {r['high']:+.3f}]" for r in found if r["group"] == group
        }
        lines.append(_line([group, *(cells[name] for name in MEASURES)]))
    return "\n".join(lines)


def _costs(found: list[dict[str, Any]]) -> str:
    names = ["model", "origin", "learns", "fits", "fit_seconds", "seconds_per_1000_requests", "asked"]
    lines = [
        "## What the peers cost",
        "",
        _line([name.replace("_", " ") for name in names]),
        _line(["---"] * len(names)),
    ]
    lines += [_line([str(row[name]) for name in names]) for row in found]
    return "\n".join(lines)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def plain(value: Any) -> Any:
    """JSON-able: numbers of numpy as Python's, what is not a number as None."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
