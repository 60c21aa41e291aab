"""The ranking benchmark's table as markdown: every group of clicks, who is ahead by how much, and what peers cost."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.news.evaluation.rolling import RANKED
from pipelines.news.replay.figures import MEASURES, GroupFigure, ahead
from script_shared.news.segments import SEGMENT_NAMES
from tests.benchmarks.ranking_day import Day
from tests.benchmarks.ranking_mean import leads, main_gains, mean_figures

BARS = {("all", "HR@10"): 0.66, ("all", "MRR@10"): 0.33, ("last", "HR@20"): 0.735, ("last", "NDCG@20"): 0.425}
LEAD = 0.1  # of HR@10 over the best session peer, in every segment
PLAIN = "most read, 10m"
GROUPS = ("all", "first", "later", "last", *SEGMENT_NAMES)
TITLES = {
    "all": "All clicks",
    "first": "First of a session",
    "later": "Later in a session",
    "last": "Last of a session",
}


def write_day(day: Day, folder: Path, resamples: int, seed: int) -> str:
    """The tables of one day as markdown; also written into a folder, with every figure as JSON."""
    rows = day.figures(resamples, seed)
    gains = gains_by_segment(day, resamples, seed)
    facts = {**day.facts, "bars": bars(rows), "gains": gains, "leads": leads([day.shared()], GROUPS, resamples, seed)}
    return _write(folder, markdown(f"Ranking on {day.name}", facts, rows), facts, rows)


def write_mean(days: Sequence[Day], folder: Path, resamples: int, seed: int) -> str:
    """The same of the mean of several days, on the clicks on which every model was evaluated."""
    shared = [day.shared() for day in days]
    rows = mean_figures(shared, resamples, seed)
    facts = {"days": [day.name for day in days], "bars": bars(rows), "leads": leads(shared, GROUPS, resamples, seed)}
    groups = [_group(rows, group) for group in dict.fromkeys(row.group for row in rows)]
    preface = (
        f"The mean of {len(days)} days, each trained on the days before it. 95 % intervals over days and users in "
        "brackets: days are drawn with replacement, then users of each."
    )
    parts = [f"# Ranking, {days[0].name} to {days[-1].name}", preface, *groups, _by_day(days), _bars(facts["bars"])]
    return _write(folder, "\n\n".join([*parts, _leads(facts["leads"])]) + "\n", facts, rows)


def _write(folder: Path, text: str, facts: dict[str, Any], rows: list[GroupFigure]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ranking.md").write_text(text, encoding="utf-8")
    whole = plain({**facts, "figures": [asdict(row) for row in rows]})
    (folder / "ranking.json").write_text(json.dumps(whole, indent=2, allow_nan=False), encoding="utf-8")
    return text


def bars(rows: list[GroupFigure]) -> list[dict[str, Any]]:
    """What is aimed at, what was reached, and whether the whole interval lies above."""
    found = {(row.group, row.measure): row for row in rows if row.model == RANKED}
    return [
        {"group": group, "measure": name, "bar": bar, "value": found[group, name].value, "low": found[group, name].low}
        for (group, name), bar in BARS.items()
    ]


def gains_by_segment(day: Day, resamples: int, seed: int) -> list[dict[str, Any]]:
    """How far the ranker is ahead of the most read of ten minutes, for all and for each segment's clicks."""
    rows = []
    for group in ("all", *SEGMENT_NAMES):
        of = day.members[group]
        found = ahead(day.ranks[RANKED][of], day.ranks[PLAIN][of], day.users[of], resamples, seed)
        for name, (value, low, high) in found.items():
            clicks = int(of.sum())
            rows.append({"group": group, "measure": name, "gain": value, "low": low, "high": high, "clicks": clicks})
    return rows


def markdown(title: str, facts: dict[str, Any], rows: list[GroupFigure]) -> str:
    """The whole report; ``facts`` hold ``bars``, ``gains``, ``peers`` and what else the run noted."""
    parts = [f"# {title}", _preface(facts)]
    parts += [_group(rows, group) for group in dict.fromkeys(row.group for row in rows)]
    parts += [_bars(facts["bars"]), _gains(facts["gains"]), _leads(facts["leads"])]
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


def _leads(found: list[dict[str, Any]]) -> str:
    """By how much of HR@10 the ranker is ahead of the best session peer."""
    lines = [f"## {RANKED} ahead of the best session peer, HR@10", ""]
    lines += [
        _line(["clicks", "best peer", "its HR@10", RANKED, "ahead by", f"{LEAD:.0%} or more"]),
        _line(["---"] * 6),
    ]
    for row in found:
        ahead_by = f"{row['lead']:+.1%} [{row['low']:+.1%}, {row['high']:+.1%}]"
        reached = "yes" if row["low"] >= LEAD else "within the interval" if row["lead"] >= LEAD else "no"
        values = [f"{row['peer_hr']:.3f}", f"{row['hr']:.3f}"]
        lines.append(_line([row["group"], row["peer"], *values, ahead_by, reached]))
    return "\n".join(lines)


def _by_day(days: Sequence[Day]) -> str:
    """The ranker's figures of each day, all clicks."""
    lines = ["## Each day, all clicks", "", _line(["day", "clicks", *MEASURES]), _line(["---"] * 6)]
    for day in days:
        values = main_gains(day.ranks[RANKED]).mean(axis=0)
        lines.append(_line([day.name, f"{len(day.users):,}", *(f"{value:.3f}" for value in values)]))
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
