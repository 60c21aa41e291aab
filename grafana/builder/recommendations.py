"""*Recommendations*: who gets lists, from which sources, and how often users click recommendations."""

from grafana_foundation_sdk.builders import dashboard

from grafana.builder.boards import board, choice
from grafana.builder.panels import Query, bars, graph, number
from script_shared.news.segments import SEGMENT_NAMES

OF = 'segment=~"$segment"'
HITS, JUDGED = "pauta_live_hits_total", "pauta_live_judged_clicks_total"
NAMES = {"served": "recommended", "popularity_1h": "most read of the hour before"}


def make() -> dashboard.Dashboard:
    """The dashboard."""
    segments = choice("segment", "Segment", SEGMENT_NAMES, all_too=True)
    about = "Lists by segment and source, and the live hit rate: clicks on what was recommended, beside popularity's."
    rows = (("Live hit rate", _HIT_RATE), ("Lists", _LISTS), ("Sources", _SOURCES))
    return board("pauta-recommendations", "Recommendations", about, rows, variables=[segments])


def _variants(metric: str) -> str:
    return f"sum by (experiment, variant) (rate({metric}[$__rate_interval])) or vector(0)"


def _rate(by: str, window: str, grouped: str = "") -> str:
    over = f" by ({grouped})" if grouped else ""
    hits = f'sum{over} (increase({HITS}{{by="{by}", {OF}}}[{window}]))'
    return f"{hits} / (sum{over} (increase({JUDGED}{{{OF}}}[{window}])) > 0)"


_ABOUT = (
    "Of the clicks that followed an answer: the share that fell on its first ten articles, beside the share that the"
    " ten most read of the hour before would have caught."
)
_HIT_RATE = (
    number(
        "Recommended", _ABOUT, "percentunit", Query(_rate("served", "$__range")), width=5, decimals=1,
    ),
    number(
        "Most read of the hour before", _ABOUT, "percentunit", Query(_rate("popularity_1h", "$__range")),
        width=5, decimals=1,
    ),
    number(
        "Lead", "Lead of recommendations over the most read, in points of the hit rate.", "percentunit",
        Query(f"{_rate('served', '$__range')} - {_rate('popularity_1h', '$__range')}"), width=5, decimals=1,
        steps=((None, "red"), (0.0, "green")),
    ),
    number(
        "Clicks judged", "Clicks credited to an answer, over the time shown.", "short",
        Query(f"sum(increase({JUDGED}{{{OF}}}[$__range]))"), width=5, decimals=0,
    ),
    number(
        "Lists answered", "Over the time shown.", "short",
        Query(f"sum(increase(pauta_recommendations_total{{{OF}}}[$__range]))"), decimals=0,
    ),
    graph(
        "Live hit rate", _ABOUT, "percentunit",
        *(Query(_rate(by, "15m"), name) for by, name in NAMES.items()), width=24,
    ),
    graph(
        "Live hit rate by segment, recommended", _ABOUT, "percentunit",
        Query(_rate("served", "15m", "segment"), "{{segment}}"),
    ),
    graph(
        "Live hit rate by segment, most read", _ABOUT, "percentunit",
        Query(_rate("popularity_1h", "15m", "segment"), "{{segment}}"),
    ),
    graph(
        "Live hit rate by source", "Hit rate of recommendations, by the source of the list.", "percentunit",
        Query(_rate("served", "15m", "source"), "{{source}}"),
        Query(_rate("popularity_1h", "15m", "source"), "most read instead of {{source}}"),
    ),
    graph(
        "Clicks judged by segment", "Per second.", "cps",
        Query(f"sum by (segment) (rate({JUDGED}{{{OF}}}[$__rate_interval]))", "{{segment}}"), stacked=True,
    ),
    graph(
        "Experiments", "Answers and clicks of variants, per second; 0 without an experiment.", "cps",
        Query(_variants("pauta_experiment_answers_total"), "answers {{experiment}} {{variant}}"),
        Query(_variants("pauta_experiment_clicks_total"), "clicks {{experiment}} {{variant}}"), width=24,
    ),
)  # fmt: skip

_LISTS = (
    graph(
        "Lists by segment", "Per second.", "reqps",
        Query(f"sum by (segment) (rate(pauta_recommendations_total{{{OF}}}[$__rate_interval]))", "{{segment}}"),
        width=8, stacked=True,
    ),
    graph(
        "Lists by source", "Per second, by source.", "reqps",
        Query(f"sum by (source) (rate(pauta_recommendations_total{{{OF}}}[$__rate_interval]))", "{{source}}"),
        width=8, stacked=True,
    ),
    graph(
        "Lists by release", "Per second.", "reqps",
        Query(f"sum by (release) (rate(pauta_recommendations_total{{{OF}}}[$__rate_interval]))", "{{release}}"),
        width=8, stacked=True,
    ),
    graph(
        "Short and empty lists", "Share of lists with fewer items than requested, and with none.", "percentunit",
        Query(
            f"sum(rate(pauta_recommendation_short_total{{{OF}}}[$__rate_interval]))"
            f" / sum(rate(pauta_recommendations_total{{{OF}}}[$__rate_interval]))",
            "short",
        ),
        Query(
            f"sum(rate(pauta_recommendation_empty_total{{{OF}}}[$__rate_interval]))"
            f" / sum(rate(pauta_recommendations_total{{{OF}}}[$__rate_interval]))",
            "empty",
        ),
        width=8,
    ),
    graph(
        "Items per list", "Mean number of articles in a list, by source.", "none",
        Query(
            "sum by (source) (rate(pauta_recommended_items_total[$__rate_interval]))"
            " / scalar(sum(rate(pauta_recommendations_total[$__rate_interval])))",
            "{{source}}",
        ),
        width=16, stacked=True,
    ),
)  # fmt: skip

_SOURCES = (
    graph(
        "Candidates per list", "Articles ranked for one list; one from several sources counts for each.",
        "none",
        Query(
            "sum by (source) (rate(pauta_candidates_total[$__rate_interval]))"
            " / scalar(sum(rate(pauta_recommendations_total[$__rate_interval])))",
            "{{source}}",
        ),
        width=8,
    ),
    bars(
        "Items by source", "Over the time shown; explored means fresh articles on trial.", "short",
        Query("sort_desc(sum by (source) (increase(pauta_recommended_items_total[$__range])))", "{{source}}"),
    ),
    bars(
        "Clicks by source", "Over the time shown, on the first 10 of a list, by the article's source.", "short",
        Query(f"sort_desc(sum by (source) (increase(pauta_live_item_hits_total{{{OF}}}[$__range])))", "{{source}}"),
    ),
)  # fmt: skip
