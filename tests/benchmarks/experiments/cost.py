"""What choosing a variant costs a list, beside a recommender that answers at once."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import CollectorRegistry

from app.experiments.experiment_metrics import ExperimentMetrics
from app.news.experiments.variant_answers import VariantAnswers
from app.news.releases.news_release import NewsRelease
from script_shared.experiments.allocation import allocate
from script_shared.experiments.experiment import experiment_of
from script_shared.experiments.stored import StoredExperiment
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import LiveAnswer, LiveItem, Query
from script_shared.params import load_params

LISTS = 20_000
ROUNDS = 7


def microseconds() -> dict[str, float]:
    """Of CPU per list, the least of some rounds: without this code, without an experiment, outside one, and within."""
    answer = LiveAnswer("logged", "ranker", [LiveItem("a", 0.5, "", "segment")], [], [])
    params = load_params(NewsParams, FILE).serving
    recommender = SimpleNamespace(answer=lambda query: answer, params=params)
    served = cast("NewsRelease", SimpleNamespace(recommender=recommender, release="v1"))
    metrics = ExperimentMetrics(CollectorRegistry())
    variants, query = VariantAnswers(lambda version: None, metrics), Query("a-user-of-usual-length-0123456789")
    found = {"direct": _best(lambda: recommender.answer(query)), "none": _best(lambda: variants.answer(served, query))}
    for name, share in (("outside", 0.0), ("within", 0.5)):
        pair = [{"name": "a", "share": share}, {"name": "b", "share": share}]
        experiment = experiment_of({"name": "cost", "variants": pair})
        stored = StoredExperiment(1, 1, "running", experiment, b"k" * 16, allocate(experiment.shares), 0, "")
        metrics.run([experiment])
        variants.run([stored])
        found[name] = _best(lambda: variants.answer(served, query))
    return {name: round(value, 2) for name, value in found.items()}


def _best(call: Callable[[], Any]) -> float:
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(LISTS):
            call()
        least = min(least, 1e6 * (time.process_time() - start) / LISTS)
    return least
