"""Makes the lists of a shadow: after an answer was sent, on the event loop, one at a time; nobody gets them.

On the loop and not in a thread, because a list must not be made while events are folded into the live state. Each list
waits a moment, so that the answer to its request is sent first.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.experiments.experiment_metrics import ExperimentMetrics
from app.news.experiments.variant_answers import VariantAnswers
from app.news.releases.news_release import NewsRelease
from script_shared.events.served_list import is_sampled
from script_shared.experiments.mark import Mark
from script_shared.experiments.stored import StoredExperiment
from script_shared.news.ranking.degradation import FailureLog
from script_shared.news.ranking.query import Query
from script_shared.news.serving.answer_credits import ServedAnswer

PAUSE_SECONDS = 0.02
MOST = 200  # answers that wait; more are kept without the shadow's list
log = logging.getLogger("pauta.experiments")


class _Waiting(NamedTuple):
    served: NewsRelease
    query: Query
    answer: ServedAnswer


class Shadow:
    """Makes the lists of one shadow.

    Args:
        variants: make what answers for a variant.
        keep: writes an answer into the log some time soon.
        metrics: counts the lists.
    """

    def __init__(
        self, variants: VariantAnswers, keep: Callable[[ServedAnswer], None], metrics: ExperimentMetrics
    ) -> None:
        self._variants, self._keep, self._metrics = variants, keep, metrics
        self._running: StoredExperiment | None = None
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._failures = FailureLog()

    def run(self, experiments: Sequence[StoredExperiment]) -> None:
        """Make the lists of the shadow among these experiments from now on, if there is one."""
        self._running = next((each for each in experiments if each.experiment.way == "shadow"), None)

    def takes(self, served: NewsRelease, query: Query, answer: ServedAnswer) -> bool:
        """Whether the shadow makes a list for a request; it then also sees that the answer is kept."""
        running = self._running
        if running is None or not is_sampled(answer.answer_id, running.experiment.share) or len(self._waiting) >= MOST:
            return False
        self._waiting.append(_Waiting(served, query, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())
        return True

    async def stop(self) -> None:
        """Keep the answers that wait, without the shadow's lists."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        while self._waiting:
            self._keep(self._waiting.popleft().answer)

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(PAUSE_SECONDS)
            one = self._waiting.popleft()
            if self._running is not None:
                self._mark(one, self._running)
            self._keep(one.answer)

    def _mark(self, one: _Waiting, running: StoredExperiment) -> None:
        """Add the shadow's list to an answer. A list that fails counts as a fallback, so a limit can stop it."""
        variant, started = running.experiment.variants[0], time.perf_counter()
        pages: tuple[str, ...] = ()
        try:
            release = self._variants.release_of(running.name, variant, one.served)
            query = replace(one.query, seed=b"")  # chance belongs to the list that was served
            found = release.recommender.answer(query).items if release is not None else []
            pages = tuple(item.article_id for item in found)
        except Exception as error:  # noqa: BLE001  whatever a shadow does changes no answer
            self._failures.note("shadow", error)
        micros = round(1e6 * (time.perf_counter() - started))
        mark = Mark(running.name, variant.name, micros, not pages, pages=pages)
        one.answer.marks = (*one.answer.marks, mark)
        self._metrics.count_answer(mark)
