"""*Service*: whether the API answers, how fast, with what, from which release, and how far behind the log it is."""

from grafana_foundation_sdk.builders import dashboard

from grafana.builder.boards import board
from grafana.builder.panels import GOOD_IS_ONE, GOOD_IS_ZERO, Query, graph, number

OF_READERS = 'route!~"/metrics|/health|/ready"'
OF_LISTS = 'route=~"/recommendations|/predict"'
BUDGET = 0.05


def make() -> dashboard.Dashboard:
    """The dashboard."""
    rows = (
        ("Now", _NOW), ("Requests", _REQUESTS), ("Connections", _CONNECTIONS), ("Events and the log", _EVENTS),
        ("Processes", _PROCESSES),
    )  # fmt: skip
    return board("pauta-service", "Service", "Whether the API answers, how fast, and from which release.", rows)


def _quantile(share: float, by: str = "", where: str = OF_READERS) -> str:
    grouped = f"le, {by}" if by else "le"
    seconds = f"pauta_http_request_duration_seconds_bucket{{{where}}}"
    return f"histogram_quantile({share}, sum by ({grouped}) (rate({seconds}[$__rate_interval])))"


_NOW = (
    number(
        "Ready", "Whether every process has a release.", "none", Query("min(pauta_ready) or vector(0)"),
        width=3, steps=GOOD_IS_ONE, words={"0": "not ready", "1": "ready"},
    ),
    number(
        "Release in service", "More than one while a new release is being loaded.", "none",
        Query("max by (release) (pauta_release_info) == 1", "{{release}}"), width=7, named=True,
    ),
    number(
        "Age of the release", "Time since it was published.", "s",
        Query("time() - max(pauta_release_created_timestamp_seconds > 0)"),
        width=4, steps=((None, "green"), (86400.0, "yellow"), (172800.0, "red")),
    ),
    number(
        "Time to answer, p99", "Of lists, over the last minutes.", "s", Query(_quantile(0.99, where=OF_LISTS)),
        width=4, steps=((None, "green"), (0.01, "yellow"), (BUDGET, "red")),
    ),
    number(
        "Alerts", "Firing now; docs/operations.md says what to do about each.", "none",
        Query('count(ALERTS{alertstate="firing"}) or vector(0)'), width=3, steps=GOOD_IS_ZERO,
    ),
    number("Processes", "In all containers.", "none", Query("sum(pauta_workers) or vector(0)"), width=3),
)  # fmt: skip

_REQUESTS = (
    graph(
        "Requests by route", "Per second, by route template.", "reqps",
        Query("sum by (route) (rate(pauta_http_requests_total[$__rate_interval]))", "{{route}}"), stacked=True,
    ),
    graph(
        "Answers by status", "Per second, by status code.", "reqps",
        Query("sum by (status) (rate(pauta_http_requests_total[$__rate_interval]))", "{{status}}"), stacked=True,
    ),
    graph(
        "Time to answer", "Without the routes of health checks and scrapes; the budget is for lists.", "s",
        *(Query(_quantile(share), f"p{share * 100:.0f}") for share in (0.5, 0.95, 0.99)), limit=BUDGET,
    ),
    graph(
        "Time to answer by route, p95", "Without the routes of health checks and scrapes.", "s",
        Query(_quantile(0.95, "route"), "{{route}}"),
    ),
    graph(
        "Time of one list, p99", "Time to make the list, by segment and source.", "s",
        Query(
            "histogram_quantile(0.99, sum by (le, segment, source)"
            " (rate(pauta_recommendation_duration_seconds_bucket[$__rate_interval])))",
            "{{segment}}, {{source}}",
        ),
    ),
    graph(
        "Degraded answers", "Lists per second that were made without a part.", "reqps",
        Query("sum by (part) (rate(pauta_degraded_answers_total[$__rate_interval]))", "{{part}}"),
    ),
)  # fmt: skip

_CONNECTIONS = (
    graph(
        "Connections", "Open now, of all processes.", "short", Query("sum(pauta_http_connections)", "open"),
    ),
    graph(
        "Ended by the server", "Requests beyond a limit, per second, by reason; see docs/security.md.", "reqps",
        Query("sum by (reason) (rate(pauta_http_refused_total[$__rate_interval]))", "{{reason}}"),
    ),
)  # fmt: skip

_EVENTS = (
    graph(
        "Events received", "Per second, by kind; duplicates by their id.", "reqps",
        Query("sum by (kind, result) (rate(pauta_events_total[$__rate_interval]))", "{{kind}}, {{result}}"),
    ),
    graph(
        "Events refused", "Per second, by reason.", "reqps",
        Query("sum by (reason) (rate(pauta_events_refused_total[$__rate_interval]))", "{{reason}}"),
    ),
    number(
        "Event log", "Whether the last read and write of every process succeeded.", "none",
        Query("min(pauta_event_log_up)"), steps=GOOD_IS_ONE, words={"0": "unreachable", "1": "works"},
    ),
    number(
        "Release store", "Whether the last read of every process succeeded.", "none",
        Query("min(pauta_release_store_up)"), steps=GOOD_IS_ONE, words={"0": "unreachable", "1": "read"},
    ),
    number(
        "Entries in the log", "The number of the newest entry that is folded.", "none",
        Query("max(pauta_event_log_position)"),
    ),
    number(
        "Served answers dropped", "Not written because the log did not keep up, over the time shown.", "none",
        Query("sum(increase(pauta_served_dropped_total[$__range]))"), steps=GOOD_IS_ZERO, decimals=0,
    ),
    number(
        "Clock", "Of the release: wall time, or the end of historical data.", "none",
        Query("max by (mode) (pauta_clock_mode) == 1", "{{mode}}"), named=True,
    ),
    number(
        "Time on the clock", "In local time.", "dateTimeAsIso",
        Query("max(pauta_clock_timestamp_seconds) * 1000"),
    ),
    graph(
        "Behind the log", "Time since a process last read the log to its end; the slowest process.", "s",
        Query("max(pauta_event_log_lag_seconds)", "seconds"), width=8, limit=10.0,
    ),
    graph(
        "Entries to read and to write", "Not folded yet, and waiting to be written.", "short",
        Query("max(pauta_event_log_lag_entries)", "to read"),
        Query("sum(pauta_event_log_pending_entries)", "to write"), width=8,
    ),
    graph(
        "Live state", "Articles and users that each process holds.", "short",
        Query("max(pauta_live_state_articles)", "articles"), Query("max(pauta_live_state_readers)", "readers"), width=8,
    ),
)  # fmt: skip

_PROCESSES = (
    graph(
        "Memory", "Of all processes together, and of one live state.", "bytes",
        Query('sum(process_resident_memory_bytes{job="api"})', "processes"),
        Query("max(pauta_live_state_bytes)", "live state"), width=8,
    ),
    graph(
        "Processor time", "Seconds per second, of all processes.", "none",
        Query('sum(rate(process_cpu_seconds_total{job="api"}[$__rate_interval]))', "cores"), width=8,
    ),
    graph(
        "Releases loaded, refused, and store errors", "Over each interval.", "none",
        Query("sum(increase(pauta_release_swaps_total[$__rate_interval]))", "taken"),
        Query("sum(increase(pauta_release_refusals_total[$__rate_interval]))", "refused"),
        Query("sum(increase(pauta_release_store_errors_total[$__rate_interval]))", "store errors"), width=8,
    ),
    graph(
        "Free disk", "Share of the disk that holds each folder.", "percentunit",
        Query("min by (folder) (pauta_disk_free_ratio)", "{{folder}}"), width=24, height=6, most=1.0,
    ),
    graph(
        "Targets", "1 while Prometheus reaches them.", "none", Query("up", "{{job}} {{instance}}"),
        width=24, height=6, most=1.0,
    ),
)  # fmt: skip
