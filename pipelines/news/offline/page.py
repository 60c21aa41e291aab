"""The estimates as an HTML page."""

from typing import Any

from pipelines.news.offline.estimates import HEADER, METHODS, Estimates
from pipelines.report import Section, Table, render_page
from script_shared.plots import Plot, Series

READING = (
    "Clicks a list within half an hour, with 95 % intervals by reader. IPS weights the clicks on articles that the "
    "policy would have shown by the inverse of their probability; SNIPS divides by the sum of the weights; the doubly "
    "robust estimate corrects a model's prediction in the same way, and is compared in the column ahead. Could be "
    "served: share of the policy's articles that the served lists could have shown; IPS and SNIPS count no clicks on "
    "the others. Agreeing: articles that were shown by chance and that the policy would have shown; effective: how "
    "many of equal weight they are worth."
)


def page(estimates: Estimates) -> str:
    """The page as HTML text.

    Args:
        estimates: of a candidate.
    """
    served = estimates.served
    blocks: list[Plot | Table] = [_plot(estimates), Table(HEADER, estimates.table())]
    sections = [
        Section("Clicks a list", f"The lists as served got {served.value:.4f}. {READING}", blocks),
        Section("Lists", "", [Table(("lists", "number"), _lists(estimates))]),
    ]
    depends = "the article alone" if estimates.by == "article" else "the article and its place"
    subtitle = f"Clicks depend on {depends}; weights are at most {estimates.clip:g}"
    return render_page(
        f"Release {estimates.candidate} on served lists", sections, subtitle=subtitle, verdict=estimates.sentence()
    )


def _lists(estimates: Estimates) -> list[tuple[Any, ...]]:
    return [("used", estimates.lists), *sorted(estimates.left_out.items())]


def _plot(estimates: Estimates) -> Plot:
    rows = [(policy.name, method, policy.by_method[method]) for policy in estimates.policies for method in METHODS]
    names = [f"{name}, {method}" for name, method, _ in rows]
    every = [found for _, _, found in rows]
    series = [Series("estimate", [e.value for e in every], [e.low for e in every], [e.high for e in every])]
    caption = "With 95 % intervals. Dashed: what the served lists got."
    return Plot("rows", "Clicks a list", "policy and method", names, series, caption, mark=estimates.served.value)
