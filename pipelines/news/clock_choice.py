"""Which clock a release of a run will run on."""

from pipelines.use_case import Context
from script_shared.clock import ClockChoice, choose_clock, wall_ms


def clock_choice(context: Context, data_end_ms: int) -> ClockChoice:
    """Which clock a release of the run runs on.

    Args:
        context: the run, its settings and params; the facts of its steps say the source and when an article was posted
            last.
        data_end_ms: end of the data, epoch milliseconds, UTC.
    """
    source = context.run.facts("raw").get("source") if context.run.complete("raw") else None
    lag: float = context.params.releases.clock_max_lag_hours
    posted_ms = int(context.run.facts("refined").get("posted_last_ms", 0)) if context.run.complete("refined") else 0
    setting = context.settings.clock
    return choose_clock(data_end_ms, wall_ms(), lag, setting=setting, source=source, posted_ms=posted_ms)
