"""The trial of a release of news: every array and file is checked, and users of every segment get lists."""

import json
from collections.abc import Callable, Collection
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from app.releases.release_trial import ReleaseTrial, describe, say
from script_shared.clock import Clock
from script_shared.errors import ReleaseError
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import LiveParams, ServingParams
from script_shared.news.ranking.mixing import load_mixing
from script_shared.news.ranking.query import LiveAnswer, Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.release_arrays import check_live, check_model
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import POSITION, load_ranker, pace_in, position, with_pace
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import FACTS as STATE_FACTS
from script_shared.news.state.state_io import load_state
from script_shared.releases import Manifest
from script_shared.times import LATEST_MS

MOST_PACE = 1000  # how many times longer than their names windows may be
READERS = 3  # asked of each segment
FIX = "Train again, or publish the release again."


class NewsTrial(ReleaseTrial):
    """One release of news on trial.

    Args:
        given: params of the live state and of serving, as ``live`` and ``serving``.
    """

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self._live = LiveParams.model_validate(given["live"])
        self._serving = ServingParams.model_validate(given["serving"])
        self._folder, self._without = Path(), list[str]()

    def run(self, folder: Path, manifest: Manifest, without: Collection[str]) -> None:
        """Check everything; problems of optional parts are collected in ``parts``."""
        self._folder, self._without = folder, list(without)
        say(stage="model")
        check_model(self._folder)
        model = NewsModel.load(self._folder, "on trial")
        model.clock = _clock(model)
        model.check()
        newsroom = self._part("live", lambda: self._newsroom(model)) or Newsroom(
            LiveState(with_pace(self._live, self._folder))
        )
        ranker = self._part("ranker", self._ranker)
        say(stage="lists")
        mixing, _ = load_mixing(self._folder, self._serving)
        self._ask(LiveRecommender(model, newsroom, ranker, self._serving, mixing=mixing))

    def _part(self, name: str, load: Callable[[], Any]) -> Any:
        """An optional part, None where the release has none, or one that cannot be used."""
        if name in self._without or not (self._folder / name).exists():
            return None
        say(stage=name)
        try:
            return load()
        except Exception as error:  # noqa: BLE001  any error means that the part cannot be used
            self.parts[name] = describe(error)
            return None

    def _newsroom(self, model: NewsModel) -> Newsroom | None:
        facts = self._folder / "live" / STATE_FACTS
        if not facts.exists():
            raise ReleaseError(f"{facts} is missing.", fix=FIX)
        saved = json.loads(facts.read_text(encoding="utf-8"))
        if saved["params"]["articles"] != self._live.articles:
            return None  # saved with other bounds: nothing is damaged, and the service folds the log again
        if (pace := pace_in(self._folder)) > MOST_PACE:
            raise ReleaseError(f"{facts}: windows {pace} times as long do not exist.", fix=FIX)
        check_live(self._folder / "live", self._live.articles, len(saved["sections"]))
        state = load_state(self._folder / "live", self._live)
        state.clusters.assignment = assignment_of(model)
        if load_mixing(self._folder, self._serving)[1]:
            raise ReleaseError(f"{self._folder / 'live'}: its mixing (mixing.json) cannot be read.", fix=FIX)
        return Newsroom(state, seq=position(self._folder / "live" / POSITION))

    def _ranker(self) -> Ranker | None:
        ranker, missing = load_ranker(self._folder)
        if missing or ranker is None:
            raise ReleaseError(f"{self._folder / 'ranker'}: the ranker cannot be used.", fix=FIX)
        rows = np.random.default_rng(1).normal(scale=10, size=(60, len(ranker.names))).astype(np.float32)
        for scores in (ranker.score(rows), ranker.contributions(rows), ranker.score(np.zeros_like(rows))):
            if not np.isfinite(scores).all() or np.abs(scores).max() > 1e6:
                raise ReleaseError(f"{self._folder / 'ranker'}: its scores are not numbers.", fix=FIX)
        return ranker

    def _ask(self, recommender: LiveRecommender) -> None:
        """Lists of every kind for users of every segment, and a stranger."""
        model = recommender.model
        assert model is not None
        users = [model.readers.ids.ids[int(row)] for name in model.segments for row in self._some(model, name)]
        state = recommender.newsroom.state
        rows = state.articles.live_rows()[:20].tolist() if state is not None else []
        pages = [state.article_id(row) for row in rows] if state is not None else []
        for user in ["", "nobody", *users]:
            for query in (Query(user), Query(user, n=100, history=tuple(pages[:5]), min_diversity=0.5, explain=True)):
                self._hold(recommender, recommender.answer(query))

    def _some(self, model: NewsModel, segment: str) -> list[int]:
        rows = model.segment_rows(segment)
        found: list[int] = rows[:: max(1, len(rows) // READERS)][:READERS].tolist()
        return found

    def _hold(self, recommender: LiveRecommender, answer: LiveAnswer) -> None:
        if answer.degraded or not answer.items:
            raise ReleaseError(f"a list lacks {', '.join(answer.degraded) or 'all articles'}.", fix=FIX)
        for item in answer.items:
            recommender.article_view(item.article_id)
            if not isfinite(item.score) or not all(map(isfinite, (item.explain or {}).values())):
                raise ReleaseError(f"the score of {item.article_id} is not a number.", fix=FIX)


def _clock(model: NewsModel) -> Clock:
    """The end of the data, so that the verdict depends only on the files."""
    end_ms, newest_ms = model.facts["data_end_ms"], int(model.catalog.issued_ms.max(initial=0))
    if not 0 <= end_ms <= LATEST_MS:
        raise ReleaseError(f"model.json: {end_ms} is not a time.", fix=FIX)
    return Clock("data", max(end_ms, newest_ms))
