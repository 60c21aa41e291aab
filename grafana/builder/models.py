"""*Models*: evaluation figures over time beside popularity's, and the releases that they led to."""

from grafana_foundation_sdk.builders import dashboard

from grafana.builder.boards import board, choice
from grafana.builder.panels import Query, figures, graph, number, states

OF = 'metric=~"$metric", cutoff=~"$cutoff", protocol=~"$protocol"'
POPULARITY = 'model=~"popularity_.*"'
BEST = f"max by (segment) (pauta_evaluation{{{POPULARITY}, {OF}}})"


def make() -> dashboard.Dashboard:
    """The dashboard."""
    metrics = choice("metric", "Metric", ["ndcg", "recall", "mrr", "hr", "coverage", "novelty"], default="ndcg")
    cutoffs = choice("cutoff", "Cutoff", ["5", "10", "20"], default="10")
    protocols = choice("protocol", "Lists", ["batch", "replay"], default="batch")
    about = "Figures of the newest evaluations over time, with every release that came into service."
    rows = (
        ("Releases", _RELEASES),
        ("Use cases", _USE_CASES),
        ("Live guard", _GUARD),
        ("Evaluation of the other use cases", _OTHER_FIGURES),
        ("Evaluation over time", _OVER_TIME),
        ("Newest figures", _NEWEST),
        ("Does the release in service earn its place?", _SERVICE),
        ("Drift of the newest data", _DRIFT),
    )
    return board(
        "pauta-models", "Models", about, rows, hours="now-7d", refresh="1m", variables=[metrics, cutoffs, protocols]
    )


def _figure(model: str) -> str:
    return f'max by (segment) (pauta_evaluation{{model="{model}", {OF}}})'


_RELEASES = (
    number(
        "Release in service", "More than one while a new release is being loaded.", "none",
        Query("max by (release) (pauta_release_info) == 1", "{{release}}"), width=8, named=True,
    ),
    number(
        "Age of the release", "Time since it was published.", "s",
        Query("time() - max(pauta_release_created_timestamp_seconds > 0)"),
        steps=((None, "green"), (86400.0, "yellow"), (172800.0, "red")),
    ),
    number(
        "Age of its newest interaction", "Large for historical data.", "s",
        Query("time() - max(pauta_release_data_end_timestamp_seconds > 0)"),
    ),
    number(
        "Last evaluation of a candidate", "Time since then.", "s",
        Query('time() - max(pauta_evaluation_timestamp_seconds{model="candidate"})'),
    ),
    number("Time the last load took", "Check included.", "s", Query("max(pauta_release_load_seconds)")),
    states(
        "Releases in service", "Earlier ones stay for a few minutes.",
        Query("max by (release) (pauta_release_info)", "{{release}}"), {"0": "left", "1": "in service"},
    ),
    number(
        "Newest decisions", "Time since the newest decision of each kind; GET /audit has the whole record.", "s",
        Query("time() - max by (kind, use_case) (pauta_decision_timestamp_seconds)", "{{kind}} {{use_case}}"), width=24,
    ),
)  # fmt: skip

_USE_CASES = (
    states(
        "Use cases", "Whether every process has a release of the use case.",
        Query("min by (use_case) (pauta_use_case_ready)", "{{use_case}}"), {"0": "no release", "1": "in service"},
    ),
    number(
        "Releases of all use cases", "More than one of a use case while a new release is being loaded.", "none",
        Query("max by (use_case, version) (pauta_use_case_release_info) == 1", "{{use_case}} {{version}}"),
        width=12, named=True,
    ),
    number(
        "Age of the release, by use case", "Time since it was published.", "s",
        Query(
            "time() - max by (use_case) (pauta_use_case_release_created_timestamp_seconds > 0)", "{{use_case}}"
        ), width=12,
    ),
    graph(
        "Releases taken and refused, by use case", "In an hour, of all processes.", "none",
        Query("sum by (use_case) (increase(pauta_use_case_release_swaps_total[1h]))", "{{use_case}} taken"),
        Query("sum by (use_case) (increase(pauta_use_case_release_refusals_total[1h]))", "{{use_case}} refused"),
        Query("max by (use_case) (pauta_use_case_release_load_seconds)", "{{use_case}} seconds to load"),
    ),
    graph(
        "Release store, by use case", "Failed reads in an hour, and whether the last one succeeded.", "none",
        Query("sum by (use_case) (increase(pauta_use_case_release_store_errors_total[1h]))", "{{use_case}} failed"),
        Query("min by (use_case) (pauta_use_case_release_store_up)", "{{use_case}} up"),
    ),
)  # fmt: skip

_OF = "(use_case, model, metric)"
_OTHER_FIGURES = (
    graph(
        "Candidates of the other use cases", "Figures of the newest candidate over time: NDCG, hit rate, AUC.", "none",
        Query(
            'max by (use_case, metric) (pauta_use_case_evaluation{model=~"candidate|match",segment="all"})',
            "{{use_case}} {{metric}}",
        ), width=24,
    ),
    figures(
        "Newest figures of the other use cases", "Every model beside its baselines, with 95 % intervals.",
        *(Query(f'max by {_OF} ({name}{{segment="all"}})', column) for name, column in (
            ("pauta_use_case_evaluation", "value"), ("pauta_use_case_evaluation_low", "low"),
            ("pauta_use_case_evaluation_high", "high"),
        )),
        columns=("use_case", "model", "metric"), height=14,
    ),
)  # fmt: skip

_OVER_TIME = (
    graph(
        "Candidates", "Figure of the newest candidate, by segment.", "none", Query(_figure("candidate"), "{{segment}}"),
    ),
    graph(
        "In service", "Newest figure of the release in service, at first the one it had as a candidate.", "none",
        Query(f"{_figure('in_service')} or {_figure('candidate')}", "{{segment}}"),
    ),
    graph(
        "Most read", "The best of the windows of popularity for the same users, by segment.", "none",
        Query(BEST, "{{segment}}"),
    ),
    graph(
        "Lead of the candidate over the most read", "Above 0 it is better than the best window of popularity.", "none",
        Query(f"{_figure('candidate')} - {BEST}", "{{segment}}"), negative=True,
    ),
    graph(
        "Every model, all users", "Figure over all segments.", "none",
        Query(f'max by (model) (pauta_evaluation{{segment="all", {OF}}})', "{{model}}"), width=24,
    ),
)  # fmt: skip

_BY = ("model", "segment")
_NEWEST = (
    figures(
        "Newest figures", "With 95 % bootstrap intervals by user, where there are any.",
        *(Query(f"max by (model, segment) ({name}{{{OF}}})", column) for name, column in (
            ("pauta_evaluation", "value"), ("pauta_evaluation_low", "low"), ("pauta_evaluation_high", "high"),
        )),
        columns=_BY, height=14,
    ),
)  # fmt: skip

_GROUP = "use_case, kind, group"
_SERVICE = (
    graph(
        "Release in service beside the most read", "Newest replayed figure, by segment and source.", "none",
        Query(f"max by ({_GROUP}) (pauta_service_figure)", "{{use_case}} {{kind}} {{group}}"),
        Query(f"max by ({_GROUP}) (pauta_service_rival)", "most read: {{use_case}} {{kind}} {{group}}"),
    ),
    graph(
        "Lead over the most read", "Below 0 the release is worse; its 95 % interval for all users.", "none",
        Query(f"max by ({_GROUP}) (pauta_service_lead)", "{{use_case}} {{kind}} {{group}}"),
        Query('max by (use_case) (pauta_service_lead_low{group="all"})', "{{use_case}} low"),
        Query('max by (use_case) (pauta_service_lead_high{group="all"})', "{{use_case}} high"), negative=True,
    ),
    number(
        "Release in service evaluated", "Time since then.", "s",
        Query("time() - max by (use_case) (pauta_service_timestamp_seconds)", "{{use_case}}"), width=24,
    ),
)  # fmt: skip


def _drift(name: str, label: str, *, used: bool = False) -> Query:
    """The figures of a gauge of drift beside the long-term reference, by use case and one more label."""
    chosen = 'reference="long_term"' + (', used="yes"' if used else "")
    return Query(f"max by (use_case, {label}) ({name}{{{chosen}}})", f"{{{{use_case}}}} {{{{{label}}}}}")


def _guard(name: str, text: str, by: str = "use_case") -> Query:
    return Query(f"max by ({by}) ({name})", text)


_GUARD = (
    graph(
        "Hit rate in service", "Share of the clicks after a list whose article the list, or popularity, had.",
        "percentunit",
        _guard("pauta_guard_hit_rate", "{{use_case}}"),
        _guard("pauta_guard_popularity_rate", "popularity ({{use_case}})"),
        most=1.0,
    ),
    graph(
        "Lead in service", "With the upper end of its confidence sequence: worse once that is below the limit.",
        "percentunit",
        _guard("pauta_guard_lead", "{{use_case}} {{comparison}}", "use_case, comparison"),
        _guard("pauta_guard_lead_high", "{{use_case}} {{comparison}} at most", "use_case, comparison"),
        Query("-max by (use_case, comparison) (pauta_guard_tolerance)", "{{use_case}} {{comparison}} limit"),
        negative=True,
    ),
    number(
        "Judged clicks", "Of the release in service.", "none", _guard("pauta_guard_clicks", "{{use_case}}"), width=6,
    ),
    number("Lists", "That it served.", "none", _guard("pauta_guard_answers", "{{use_case}}"), width=6),
    number(
        "Guard", "1 while a worse release stays in service; time since the last look and the last rollback.", "none",
        _guard("pauta_guard_held", "held ({{use_case}})"), width=4,
    ),
    number(
        "Looks and rollbacks", "Time since then.", "s",
        Query("time() - max by (use_case) (pauta_guard_timestamp_seconds)", "look ({{use_case}})"),
        Query("time() - max by (use_case) (pauta_guard_last_rollback_timestamp_seconds)", "rollback ({{use_case}})"),
        width=8,
    ),
)  # fmt: skip

_DRIFT = (
    graph(
        "Stability index by column", "Newest data beside those before; above 0.1 notable, above 0.25 large.", "none",
        _drift("pauta_drift_index", "column"), limit=0.25,
    ),
    graph(
        "Columns that drifted", "Columns that the model uses, by level, and new columns.", "none",
        _drift("pauta_drift_columns", "level", used=True),
        Query("max by (use_case) (pauta_drift_new_columns)", "{{use_case}} new"),
    ),
    graph(
        "Largest gap of cumulated shares", "Kolmogorov-Smirnov distance, of columns of numbers.", "none",
        _drift("pauta_drift_distance", "column"), most=1.0,
    ),
    graph(
        "Missing values", "Share of the newest rows in which a column is missing.", "percentunit",
        _drift("pauta_drift_missing_ratio", "column"), most=1.0,
    ),
    number(
        "Data compared", "Time since then.", "s",
        Query("time() - max by (use_case) (pauta_drift_timestamp_seconds)", "{{use_case}}"), width=24,
    ),
)  # fmt: skip
