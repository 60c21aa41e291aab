"""One sentence about an experiment, and the variants that its limits stop."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, isnan

from pipelines.experiments.figures import CREDIT, Facts, Figure, Figures
from pipelines.experiments.mismatch import ALPHA as MISMATCH
from pipelines.measures.sequential import LEAST

NAMES = {"clicks_per_answer": "clicks per answer", "hit_rate": "the hit rate", CREDIT: "clicks won per answer"}


@dataclass(frozen=True)
class Breach:
    """A variant that a limit stops, and why, in a sentence."""

    variant: str
    why: str


def verdict(figures: Figures) -> str:
    """What is known by now, in one sentence for each compared variant.

    Args:
        figures: of the experiment.
    """
    experiment = figures.experiment.experiment
    if not figures.last_ms:
        return "No list of this experiment has been served yet."
    if figures.mismatch < MISMATCH:
        return (
            f"The comparison is not valid: the users are not divided by the shares (p = {figures.mismatch:.1g}), so "
            "something loses users or answers of one variant."
        )
    metric = {"split": experiment.metric, "interleaving": CREDIT, "shadow": "hit_rate"}[experiment.way]
    first = experiment.variants[0].name if experiment.way != "shadow" else "the served lists"
    compared = experiment.variants[0 if experiment.way == "shadow" else 1 :]
    found = [(variant, figures.rate(variant.name, metric)) for variant in compared]
    return " ".join(_sentence(variant.name, first, metric, figure) for variant, figure in found)


def _sentence(name: str, first: str, metric: str, figure: Figure | None) -> str:
    if figure is None or not isfinite(figure.worst):
        return f"Nothing is known yet of {name} against {first}: each needs {LEAST} users."
    span = f"{_signed_text(figure.worst)} to {_signed_text(figure.best)}"
    if figure.worst > 0:
        return f"{name} is better than {first}: {NAMES[metric]} {_signed_text(figure.difference)} ({span})."
    if figure.best < 0:
        return f"{name} is worse than {first}: {NAMES[metric]} {_signed_text(figure.difference)} ({span})."
    return f"No difference between {name} and {first} is known yet: {NAMES[metric]} {span}."


def breaches(figures: Figures) -> Iterator[Breach]:
    """The running variants of a split that its limits stop; the first variant is never stopped by itself."""
    experiment = figures.experiment.experiment
    if experiment.way != "split" or figures.experiment.state != "running":
        return
    for variant in experiment.variants[1:]:
        facts = next((each for each in figures.facts if each.variant == variant.name), None)
        if variant.stopped or facts is None:
            continue
        if why := _loss(figures, variant.name) or _failures(figures, facts) or _time(figures, facts):
            yield Breach(variant.name, why)


def _loss(figures: Figures, name: str) -> str:
    experiment = figures.experiment.experiment
    first, metric, most = experiment.variants[0].name, experiment.metric, experiment.limits.loss
    usual, mine = figures.rate(first, metric), figures.rate(name, metric)
    if usual is None or mine is None or not (mine.best < 0 and mine.difference < -most * usual.value):
        return ""
    return f"{_sentence(name, first, metric, mine)} The limit is a loss of {most:.0%}."


def _failures(figures: Figures, facts: Facts) -> str:
    limits = figures.experiment.experiment.limits
    if facts.answers < limits.answers or facts.fallback <= limits.fallback:
        return ""
    share = f"{facts.variant} could not answer {facts.fallback:.1%} of its requests"
    return f"{share}; the limit is {limits.fallback:.0%}."


def _time(figures: Figures, facts: Facts) -> str:
    experiment = figures.experiment.experiment
    name, first, limits = facts.variant, experiment.variants[0].name, experiment.limits
    mine, usual = figures.rate(name, "seconds"), figures.rate(first, "seconds")
    if facts.answers < limits.answers or mine is None or usual is None or not _slower(mine, usual, limits.slower):
        return ""
    times = f"{name} takes {mine.value * 1000:.1f} ms for a list, {first} {usual.value * 1000:.1f} ms"
    return f"{times}; the limit is a factor of {limits.slower:g}."


def _slower(time: Figure, usual: Figure, factor: float) -> bool:
    return not isnan(usual.value) and time.worst > 0 and time.value > factor * usual.value


def _signed_text(value: float) -> str:
    return f"{value:+.4g}"
