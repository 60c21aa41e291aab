"""GET /operations/news/live: hit rates over time, readiness and the position in the event log."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response

from app.http.public_text import public
from app.news.service import NewsService, TheNews
from app.operations.case_page import NAME, CasePage, case_page
from app.shell.page_route import PageRoute
from script_shared.clock import HOUR_MS, wall_ms
from script_shared.events.database.hit_counts import BUCKET_MS, Hits, Place
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.news.state.state_io import sizes_of
from script_shared.plots import Plot, Series

router = APIRouter(prefix=f"/{NAME}/news", include_in_schema=False, route_class=PageRoute)
WINDOWS = {"6h": (6 * HOUR_MS, BUCKET_MS), "48h": (48 * HOUR_MS, HOUR_MS), "14d": (14 * 24 * HOUR_MS, 6 * HOUR_MS)}
Case = Annotated[CasePage, case_page(use_case="news")]


@router.get("/live")
async def get_live_page(case: Case, service: TheNews, window: Literal["6h", "48h", "14d"] = "6h") -> Response:
    """Hit rates of the served lists beside those of the most read articles, by segment, and how far this process is."""
    length, step = WINDOWS[window]
    now_ms = wall_ms()
    start = (now_ms - length) // step * step
    found = await asyncio.to_thread(service.intake.log.hits.since, start)
    sums = _sum_hits(found, step)
    moments = list(range(start, now_ms + 1, step))
    plots = [_plot(case, name, moments, sums) for name in SEGMENT_NAMES]
    totals = {name: _total(sums, name) for name in SEGMENT_NAMES}
    return case.page(
        "news/operations/live",
        "live",
        window=window,
        windows=tuple(WINDOWS),
        hit_plots=[plot for plot, name in zip(plots, SEGMENT_NAMES, strict=True) if totals[name].clicks],
        totals=totals,
        state=_state(case, service),
    )


def _sum_hits(found: dict[Place, Hits], step: int) -> dict[Place, Hits]:
    sums: dict[Place, Hits] = {}
    for (at, segment), hits in found.items():
        place = (at // step * step, segment)
        sums[place] = sums.get(place, Hits()).plus(hits)
    return sums


def _total(sums: dict[Place, Hits], segment: str) -> Hits:
    total = Hits()
    for (_, name), hits in sums.items():
        if name == segment:
            total = total.plus(hits)
    return total


def _plot(case: CasePage, segment: str, moments: list[int], sums: dict[Place, Hits]) -> Plot:
    of_segment = [sums.get((at, segment), Hits()) for at in moments]

    def rate(name: str) -> list[float | None]:
        return [getattr(hits, name) / hits.clicks if hits.clicks else None for hits in of_segment]

    series = [Series(case.words["op_served"], rate("served")), Series(case.words["op_popular"], rate("popular"))]
    labels = [datetime.fromtimestamp(at / 1000, UTC).strftime("%m-%d %H:%M") for at in moments]
    return Plot("lines", case.words[segment], case.words["op_time"], labels, series, unit="percent")


def _state(case: CasePage, service: NewsService) -> list[tuple[str, Any]]:
    """Facts of this process, as names and values."""
    live, intake, room = case.live, service.intake, service.intake.newsroom
    lag = intake.follower.lag
    facts: list[tuple[str, Any]] = [
        ("op_ready", live.served.release if live.served else public(live.reason())),
        ("op_clock", live.served.clock.mode if live.served else "–"),
        ("op_degraded", ", ".join(intake.troubles) or "–"),
        ("op_log_error", public(lag.error or lag.write_error) or "–"),
        ("op_position", f"{lag.applied:,}"),
        ("op_pending", f"{lag.pending:,}"),
        ("op_since_read", f"{intake.stale_seconds():.1f} s"),
    ]
    if room is not None and room.state is not None:
        sizes = sizes_of(room.state)
        facts += [("op_articles", f"{sizes['articles']:,}"), ("op_readers", f"{sizes['readers']:,}")]
        facts.append(("op_memory", f"{sizes['bytes'] / 1e6:,.0f} MB"))
    return facts
