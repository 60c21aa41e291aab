"""The limits that stop a variant, or an experiment, without a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

from pipelines.experiments.figures import CREDIT, OWN_CLICKS, Facts, Figure, Figures
from pipelines.experiments.verdict import sentence
from script_shared.experiments.experiment import Variant


@dataclass(frozen=True)
class Breach:
    """What a limit stops.

    Attributes:
        variant: of a split that is stopped; "" for the whole experiment.
        why: a sentence.
    """

    variant: str
    why: str


def breaches(figures: Figures) -> Iterator[Breach]:
    """What the limits of a running experiment stop: variants of a split, or any other experiment as a whole.

    The first variant of a split is never stopped. A shadow with worse lists harms nobody, so it goes on.

    Args:
        figures: of the experiment.
    """
    experiment = figures.experiment.experiment
    if figures.experiment.state != "running":
        return
    if experiment.way == "split":
        yield from _of_split(figures)
        return
    why = _lost_clicks(figures) if experiment.way == "interleaving" else ""
    facts = next(iter(figures.facts), None)
    if facts is not None:
        why = why or _failures(figures, facts) or _long_time(figures, facts)
    if why:
        yield Breach("", why)


def _of_split(figures: Figures) -> Iterator[Breach]:
    for variant in figures.experiment.experiment.variants[1:]:
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
    return f"{sentence(name, first, metric, mine)} The limit is a loss of {most:.0%}."


def _lost_clicks(figures: Figures) -> str:
    """For interleaving: a variant that differs from what everybody else gets wins significantly fewer clicks."""
    experiment = figures.experiment.experiment
    first, second = experiment.variants
    credit, most = figures.rate(second.name, CREDIT), experiment.limits.loss
    if credit is None:
        return ""
    for worse, better, gap, least in (
        (second, first, credit.difference, credit.best),
        (first, second, -credit.difference, -credit.worst),
    ):
        usual = figures.rate(better.name, OWN_CLICKS)
        if worse.changes and usual is not None and least < 0 and gap < -most * usual.value:
            return _text_of_loss(worse, better, gap, usual.value, most)
    return ""


def _text_of_loss(worse: Variant, better: Variant, gap: float, usual: float, most: float) -> str:
    clicks = f"{usual + gap:.4g} clicks per answer on articles of {worse.name}, {usual:.4g} on those of {better.name}"
    return f"{worse.name} is worse than {better.name}: {clicks}. The limit is a loss of {most:.0%}."


def _failures(figures: Figures, facts: Facts) -> str:
    limits = figures.experiment.experiment.limits
    if facts.answers < limits.answers or facts.fallback <= limits.fallback:
        return ""
    share = f"{_name(facts)} could not answer {facts.fallback:.1%} of its requests"
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


def _long_time(figures: Figures, facts: Facts) -> str:
    """For interleaving and shadows, which have no variant to compare the time with."""
    limits, mine = figures.experiment.experiment.limits, figures.rate(facts.variant, "seconds")
    if facts.answers < limits.answers or mine is None or not mine.low * 1000 > limits.milliseconds:
        return ""
    times = f"{_name(facts)} takes {mine.value * 1000:.1f} ms for a list (at least {mine.low * 1000:.1f})"
    return f"{times}; the limit is {limits.milliseconds:g} ms."


def _name(facts: Facts) -> str:
    return facts.variant or "The merged list"
