"""One sentence about an experiment."""

from math import isfinite

from pipelines.experiments.figures import CREDIT, Figure, Figures
from pipelines.experiments.mismatch import ALPHA as MISMATCH
from pipelines.measures.sequential import LEAST

NAMES = {"clicks_per_answer": "clicks per answer", "hit_rate": "the hit rate", CREDIT: "clicks won per answer"}


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
    return " ".join(sentence(variant.name, first, metric, figure) for variant, figure in found)


def sentence(name: str, first: str, metric: str, figure: Figure | None) -> str:
    """The figures of one variant.

    Args:
        name: name of the variant.
        first: the variant that it is compared with.
        metric: the metric that decides.
        figure: figure of the variant; None without one.
    """
    if figure is None or not isfinite(figure.worst):
        return f"Nothing is known yet of {name} against {first}: each needs {LEAST} users."
    span = f"{_signed_text(figure.worst)} to {_signed_text(figure.best)}"
    if figure.worst > 0:
        return f"{name} is better than {first}: {NAMES[metric]} {_signed_text(figure.difference)} ({span})."
    if figure.best < 0:
        return f"{name} is worse than {first}: {NAMES[metric]} {_signed_text(figure.difference)} ({span})."
    return f"No difference between {name} and {first} is known yet: {NAMES[metric]} {span}."


def _signed_text(value: float) -> str:
    return f"{value:+.4g}"
