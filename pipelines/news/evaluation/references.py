"""The releases that a candidate is compared with: the one in service, the best so far, and earlier ones.

Against the release in service alone, each of many releases may be worse than the one before by its tolerance, and
quality slides down. So the best release of each segment stays a reference as long as it exists: each gate writes into
its verdict which of the measured releases was best (``best``), and the next gate measures that one again.
"""

from collections.abc import Iterable
from itertools import islice

from pipelines.news.evaluation.result import CANDIDATE, IN_SERVICE, Evaluation
from script_shared.errors import PautaError
from script_shared.releases import Pointer, Releases


def reference_versions(releases: Releases, pointer: Pointer, most: int) -> list[str]:
    """At most ``most`` versions that still exist, the one in service first, then the best so far, then earlier ones.

    Raises:
        UnavailableError: the place of the releases does not answer.
    """
    there = set(releases.versions())
    wanted = [*_best_so_far(releases, pointer.version), *pointer.earlier()]
    others = (version for version in dict.fromkeys(wanted) if version in there and version != pointer.version)
    return [pointer.version, *islice(others, most - 1)]


def _best_so_far(releases: Releases, version: str) -> list[str]:
    """The releases that the gate of a release found best, in some segment."""
    try:
        gate = releases.manifest(version).facts.get("gate", {})
    except PautaError:  # a damaged manifest costs this reference; whether the release loads is asked elsewhere
        return []
    return list(dict.fromkeys(gate.get("best", {}).values()))


def best_by_segment(evaluation: Evaluation) -> dict[str, str]:
    """By segment the reference that is better than the candidate and all others; left out where the candidate is.

    The figures are those of the replay where there is one: it measures what is served.

    Args:
        evaluation: of a candidate.

    Returns:
        versions of releases by segment.
    """
    figures = evaluation.by_click() or evaluation
    metric, cutoff = figures.judged["metric"], figures.judged["cutoff"]
    models = [CANDIDATE, IN_SERVICE, *evaluation.earlier()]
    best: dict[str, str] = {}
    for segment in figures.segments:
        values = {model: _value(figures, model, segment, metric, cutoff) for model in models}
        first = max(values, key=lambda model: values[model])
        if first != CANDIDATE and first in evaluation.releases:
            best[segment] = evaluation.releases[first]
    return best


def best_earlier(evaluation: Evaluation, segment: str, metric: str, cutoff: int) -> str | None:
    """The earlier release with the highest figure on a segment, when that is higher than the one in service has.

    Args:
        evaluation: with figures of the release in service and of earlier ones.
        segment: name of the segment.
        metric: such as ``ndcg``.
        cutoff: length of the list that is measured.
    """
    models: Iterable[str] = (IN_SERVICE, *evaluation.earlier())
    values = {model: _value(evaluation, model, segment, metric, cutoff) for model in models}
    first = max(values, key=lambda model: values[model])
    return first if first != IN_SERVICE and values[first] > float("-inf") else None


def _value(evaluation: Evaluation, model: str, segment: str, metric: str, cutoff: int) -> float:
    figure = evaluation.figure(model, segment, metric, cutoff)
    return figure.value if figure is not None and figure.value == figure.value else float("-inf")
