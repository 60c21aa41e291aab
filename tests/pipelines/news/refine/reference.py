"""Refine written again in plain Python, row by row, to compare with."""

import math
from typing import Any

import numpy as np

from script_shared.news.params import RefineParams
from tests.pipelines.news.challenge_files import Reader

DAY_MS = 24 * 3_600_000


def refine_plainly(
    readers: list[Reader], pages: list[str], params: RefineParams
) -> tuple[list[tuple[Any, ...]], list[tuple[str, str, int, str]]]:
    """Kept rows (user, article, ms, seconds, clicks, scroll, visits, engagement) by time, and rejected rows
    (user id, article id, ms, reason) in the order they came."""
    kept: list[tuple[Any, ...]] = []
    rejected = []
    for user, reader in enumerate(readers):
        seen: set[tuple[str, int]] = set()
        for place, (page, ms, clicks, on_page, scroll, visits) in enumerate(reader.reads):
            values = [np.float32(value) for value in (float(on_page) / 1000, clicks, scroll, visits)]
            reason = _rate(params, [when for _, when, *_ in reader.reads], place)
            reason = reason or _reason(params, page in pages, (page, ms) in seen, values)
            seen.add((page, ms))
            if reason:
                rejected.append((reader.user_id, page, ms, reason))
            else:
                cut = [_cut(value, limit) for value, limit in zip(values, _limits(params), strict=True)]
                kept.append((user, pages.index(page), ms, *cut, _engagement(params, cut)))
    return sorted(kept, key=lambda row: row[2]), rejected


def _limits(params: RefineParams) -> list[Any]:
    limits = params.outliers
    return [limits.seconds_on_page, limits.clicks, limits.scroll_percent, limits.page_visits]


def _rate(params: RefineParams, times: list[int], place: int) -> str:
    """Why the read at a place is rejected for what its user reads a day, "" when it is not."""
    days = [ms // DAY_MS for ms in times]
    active = len(set(days))
    if active >= 3 and len(days) / active > params.outliers.robot_reads_per_day:
        return "robot"
    limit = params.outliers.reads_per_day
    same = sorted((ms, at) for at, ms in enumerate(times) if days[at] == days[place])
    if len(same) > limit.max and (limit.action == "reject" or same.index((times[place], place)) >= limit.max):
        return "too_many_a_day"
    return ""


def _reason(params: RefineParams, known: bool, repeat: bool, values: list[Any]) -> str:
    names = ("seconds_on_page", "clicks", "scroll_percent", "page_visits")
    if not known:
        return "article_unknown"
    if repeat:
        return "duplicate_read"
    for name, value in zip(names, values, strict=True):
        if not math.isfinite(value) or value < 0:
            return f"{name}_not_valid"
    for name, value, top in zip(names, values, _limits(params), strict=True):
        if top.action == "reject" and value > top.max:
            return f"{name}_above_max"
    return ""


def _cut(value: float, limit: Any) -> float:
    return float(min(value, limit.max)) if limit.action == "clip" else float(value)


def _engagement(params: RefineParams, values: list[float]) -> float:
    seconds, clicks, scroll, visits = values
    weights = params.engagement
    return (
        weights.minutes_log1p * math.log1p(seconds / 60)
        + weights.clicks * math.log1p(clicks)
        + weights.scroll * scroll / 100
        + weights.page_visits * math.log1p(visits)
    )
