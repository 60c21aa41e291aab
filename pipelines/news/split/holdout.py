"""The users of an evaluation: held-out users by segment as of T, and their later reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipelines.measures.figures import Protocol
from pipelines.measures.metrics import self_information
from pipelines.measures.splits import Truth, Window, ground_truth, held_out_window
from pipelines.news.dataset import Dataset
from pipelines.news.split.popularity_rows import available
from script_shared.arrays import Bools, IntArray
from script_shared.clock import HOUR_MS
from script_shared.news.membership import segment_codes
from script_shared.news.params import NewsParams
from script_shared.news.segments import SEGMENT_NAMES


@dataclass(frozen=True)
class Holdout:
    """The held-out window of one data set.

    Attributes:
        dataset: where it comes from.
        window: from T to the end.
        truth: held-out users and what they newly read.
        segments: positions in ``truth.users`` by segment, as of T.
        available: (n_articles,) booleans, what could be recommended at T.
        users_before_sampling: held-out users before ``evaluation.max_users``.
        horizon_ms: until when reads are part of the truth; one list made at T is not judged by what comes much later.
    """

    dataset: Dataset
    window: Window
    truth: Truth
    segments: Mapping[str, IntArray]
    available: Bools
    users_before_sampling: int
    horizon_ms: int

    def notes(self) -> list[str]:
        """A sentence where the truth ends before the window does."""
        if self.horizon_ms >= self.window.end_ms:
            return []
        hours = (self.horizon_ms - self.window.start_ms) / HOUR_MS
        return [f"One list per user, made at its start, is measured on the first {hours:g} hours of the window."]

    def rows(self, segment: str) -> IntArray:
        """User rows of a segment's held-out users."""
        rows: IntArray = self.truth.users[self.segments[segment]]
        return rows

    def protocol(self, params: NewsParams) -> Protocol:
        """The measures; self-information is counted on the reads until T."""
        known = self.dataset.interactions.until(self.window.start_ms)
        counts = np.bincount(known.article, minlength=self.dataset.n_articles)
        wanted = params.evaluation
        return Protocol(
            truth=self.truth.reads,
            segments=self.segments,
            available=self.available,
            information=self_information(counts),
            cutoffs=tuple(wanted.cutoffs),
            resamples=wanted.bootstrap_resamples,
            seed=wanted.seed,
        )


def split_of(dataset: Dataset, params: NewsParams) -> Window:
    """The held-out window of a data set; its start is the moment T that a model may know.

    Args:
        dataset: a loaded run.
        params: ``split`` says the length of the window.

    Raises:
        InputError: the data is not longer than the window.
    """
    return held_out_window(
        dataset.interactions,
        dataset.validation,
        window_hours=params.split.window_hours,
        use_validation_file=params.split.use_validation_file,
        begin_ms=dataset.begin_ms,
    )


def hold_out(dataset: Dataset, params: NewsParams) -> Holdout:
    """The held-out users of a data set: all of them, or ``evaluation.max_users`` drawn by seed.

    Args:
        dataset: a loaded run.
        params: of ``split``, ``pool`` and ``evaluation``.

    Raises:
        InputError: the data is not longer than the window.
    """
    window = split_of(dataset, params)
    known = dataset.interactions.until(window.start_ms)
    later = dataset.interactions.between(window.start_ms, window.end_ms)
    if window.protocol == "validation_file" and dataset.validation is not None:
        later = dataset.validation
    max_age = params.pool.max_age_hours
    horizon = window
    if window.protocol == "time_split":
        horizon = replace(window, end_ms=min(window.end_ms, _later(window.start_ms, params.evaluation.batch_hours)))
    truth = ground_truth(known, later, horizon, dataset.issued_ms, max_age * HOUR_MS)
    everybody = len(truth.users)
    truth = _sample(truth, params.evaluation.max_users, params.evaluation.seed)
    reads = np.bincount(known.user, minlength=dataset.n_users)
    codes = segment_codes(dataset.logged, reads)[truth.users]
    segments = {name: np.flatnonzero(codes == code) for code, name in enumerate(SEGMENT_NAMES)}
    alive = available(dataset.issued_ms, window.start_ms, max_age)
    return Holdout(dataset, window, truth, segments, alive, everybody, horizon.end_ms)


def _later(moment_ms: int, hours: float) -> int:
    return moment_ms + round(hours * HOUR_MS)


def _sample(truth: Truth, max_users: int | None, seed: int) -> Truth:
    if max_users is None or len(truth.users) <= max_users:
        return truth
    chosen = np.sort(np.random.default_rng(seed).choice(len(truth.users), max_users, replace=False))
    return Truth(truth.users[chosen], truth.reads[chosen], truth.counts)
