"""Answers requests for the variants of running experiments; if one fails, the release in service answers instead."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from secrets import token_bytes
from typing import NamedTuple

from app.experiments.experiment_metrics import ExperimentMetrics
from app.news.experiments.merged import merge_answers
from app.news.experiments.variant_release import variant_release
from app.news.releases.news_release import NewsRelease
from script_shared.experiments.experiment import Variant
from script_shared.experiments.mark import Mark
from script_shared.experiments.stored import StoredExperiment
from script_shared.exploration.randomization import SEED
from script_shared.news.ranking.degradation import FailureLog
from script_shared.news.ranking.query import LiveAnswer, Query

PART = "experiment"  # in ``degraded`` of an answer that a variant could not give
Loaded = Callable[[str], NewsRelease | None]


class MarkedAnswer(NamedTuple):
    """An answer.

    Attributes:
        served: the release that gave it.
        query: as that release was asked, with the seed of its draw.
        mark: that the served list keeps; None outside experiments.
    """

    served: NewsRelease
    query: Query
    answer: LiveAnswer
    mark: Mark | None = None


class VariantAnswers:
    """Chooses the variant of each request.

    Args:
        loaded: a release that a variant names, None while it is not loaded.
        metrics: counts answers by variant.
        draw: of the coins of interleaving.
    """

    def __init__(self, loaded: Loaded, metrics: ExperimentMetrics, draw: Random | None = None) -> None:
        self._loaded, self._metrics, self._draw = loaded, metrics, draw or Random()
        self._running: StoredExperiment | None = None
        self._made: dict[str, tuple[NewsRelease, NewsRelease]] = {}
        self._failures = FailureLog()

    def run(self, experiments: Sequence[StoredExperiment]) -> None:
        """Answer for these experiments from now on; a shadow changes no answer."""
        self._running = next((each for each in experiments if each.experiment.way != "shadow"), None)
        self._made = {}

    def answer(self, served: NewsRelease, query: Query, *, drawn: bool = True) -> MarkedAnswer:
        """The answer to a request.

        Args:
            served: the release in service.
            query: the request, without a seed.
            drawn: whether params may let places of the list be drawn.

        Returns:
            The answer of the user's variant; of the release in service outside experiments, or if the variant fails.
        """
        if (running := self._running) is None:
            return _answer_query(served, query, drawn=drawn)
        assigned = running.variant_of(query.user, query.session)
        if assigned is None:
            return _answer_query(served, query, drawn=drawn)
        started = time.perf_counter()
        try:
            given, owners = self._of(running, assigned, served, query, drawn=drawn)
        except Exception as error:  # noqa: BLE001  any failure of a variant: the release in service answers
            self._failures.note(f"experiment {running.name}", error)
            given, owners = None, b""
        if given is None:
            given = _answer_query(served, query, drawn=drawn)
            given.answer.degraded.append(PART)
        micros = round(1e6 * (time.perf_counter() - started))
        mark = Mark(running.name, assigned, micros, PART in given.answer.degraded, owners)
        self._metrics.count_answer(mark)
        return given._replace(mark=mark)

    def release_of(self, experiment: str, variant: Variant, served: NewsRelease) -> NewsRelease | None:
        """What answers for a variant, None while its release is not loaded; made again after a swap of releases.

        Raises:
            RequestError: the release in service does not take the params of the variant.
        """
        base = served if variant.release in ("", served.release) else self._loaded(variant.release)
        if base is None:
            return None
        name = f"{experiment}/{variant.name}"
        made = self._made.get(name)
        if made is None or made[0] is not base:
            made = self._made[name] = (base, variant_release(base, variant))
        return made[1]

    def _of(
        self, running: StoredExperiment, assigned: str, served: NewsRelease, query: Query, *, drawn: bool
    ) -> tuple[MarkedAnswer | None, bytes]:
        """The variant's answer and the owners of its places; None if the release in service has to answer."""
        if running.experiment.way == "interleaving":
            first, second = (self.release_of(running.name, each, served) for each in running.experiment.variants)
            return self._merge(first, second, query) if first is not None and second is not None else (None, b"")
        variant = running.experiment.variant(assigned)
        release = self.release_of(running.name, variant, served) if variant is not None else None
        given = _answer_query(release, query, drawn=drawn) if release is not None else None
        return (given if given is not None and (given.answer.items or release is served) else None), b""

    def _merge(self, first: NewsRelease, second: NewsRelease, query: Query) -> tuple[MarkedAnswer | None, bytes]:
        answers = first.recommender.answer(query), second.recommender.answer(query)
        if not all(answer.items for answer in answers):
            return None, b""
        answer, owners = merge_answers(*answers, query.n, self._draw)
        newer = max(first, second, key=lambda release: int(release.model.facts["data_end_ms"]))
        return MarkedAnswer(newer, query, answer), owners  # the newer release knows the titles of the articles of both


def _answer_query(release: NewsRelease, query: Query, *, drawn: bool) -> MarkedAnswer:
    """What a release answers, with a seed where its params let the places of the list be drawn."""
    recommender = release.recommender
    if drawn and recommender.params.randomization.settings is not None and query.is_plain:
        query = replace(query, seed=token_bytes(SEED))
    return MarkedAnswer(release, query, recommender.answer(query))
