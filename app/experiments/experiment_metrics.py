"""What the service counts of experiments, for every use case.

================================================  =========  =========================================================
metric                                            kind       what it says
================================================  =========  =========================================================
pauta_experiment_answers_total                    counter    answers by experiment and variant; result: served, or
                                                             fallback to the release in service
pauta_experiment_clicks_total                     counter    clicks by experiment and variant that got the credit;
                                                             result: hit in the first 10, or miss
================================================  =========  =========================================================
"""

from collections.abc import Collection, Sequence

from prometheus_client import CollectorRegistry, Counter

from script_shared.experiments.experiment import Experiment
from script_shared.experiments.mark import Mark

SERVED, FALLBACK, HIT, MISS = "served", "fallback", "hit", "miss"
BOTH = "both"  # the variant of an interleaved answer


class ExperimentMetrics:
    """Counts by running experiment and variant: the labels are bounded by what runs.

    Args:
        registry: exports the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("experiment", "variant", "result")
        self._answers = Counter(
            "pauta_experiment_answers_total", "Answers of experiments by variant.", labels, registry=registry
        )
        self._clicks = Counter(
            "pauta_experiment_clicks_total", "Clicks credited to variants.", labels, registry=registry
        )
        self._variants: dict[str, tuple[str, ...]] = {}

    def run(self, experiments: Collection[Experiment]) -> None:
        """Count these experiments from now on; the series of others are removed."""
        names = {experiment.name: tuple(each.name for each in experiment.variants) for experiment in experiments}
        for name, variants in self._variants.items():
            if name not in names:
                for variant in (*variants, BOTH):
                    for result in (SERVED, FALLBACK):
                        _remove(self._answers, name, variant, result)
                    for result in (HIT, MISS):
                        _remove(self._clicks, name, variant, result)
        for experiment in experiments:
            for variant in [BOTH] if experiment.way == "interleaving" else names[experiment.name]:
                self._answers.labels(experiment.name, variant, SERVED)
                self._answers.labels(experiment.name, variant, FALLBACK)
            for variant in names[experiment.name]:
                self._clicks.labels(experiment.name, variant, HIT)
                self._clicks.labels(experiment.name, variant, MISS)
        self._variants = names

    def count_answer(self, mark: Mark) -> None:
        """Count an answer."""
        if mark.experiment in self._variants:
            self._answers.labels(mark.experiment, mark.variant or BOTH, FALLBACK if mark.fallback else SERVED).inc()

    def count_click(self, marks: Sequence[Mark], article_id: str, place: int, cutoff: int) -> None:
        """Count a click that was credited to an answer.

        Args:
            marks: of the answer.
            article_id: that was clicked.
            place: of the article in the answer, from 0; -1 where it is not in it.
            cutoff: places that count.
        """
        for mark in marks:
            if mark.experiment not in self._variants:
                continue
            hit, variant = 0 <= place < cutoff, mark.variant
            if mark.owners:
                if not hit or mark.owners[place] >= len(self._variants[mark.experiment]):
                    continue
                variant = self._variants[mark.experiment][mark.owners[place]]
            elif mark.pages:
                hit = article_id in mark.pages[:cutoff]
            self._clicks.labels(mark.experiment, variant, HIT if hit else MISS).inc()


def _remove(counter: Counter, *labels: str) -> None:
    try:
        counter.remove(*labels)
    except KeyError:
        return
