"""The models of the replay of a held-out window, and their ranks."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pipelines.news.as_of import utc
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.result import CANDIDATE
from pipelines.news.replay.models import EDITED, LISTED, WITHOUT, Model, answering, listing, ranks_of
from pipelines.news.replay.most_read import MostRead, rows_of
from pipelines.news.replay.past_rules import past_rules
from pipelines.news.replay.sources import from_dataset
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Request, Walk, place_after, recommender_of
from pipelines.news.split.holdout import Holdout, hold_out
from pipelines.news.training.renewal import Renewal
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.arrays import IntArray
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import NewsParams
from script_shared.news.ranking.mixing import load_mixing
from script_shared.news.ranking.query import LiveAnswer
from script_shared.news.rules.rule import Rule
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.serving.loading import load_ranker, pace_in
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.site_profile import LONGEST_HOURS
from script_shared.news.state.state_io import load_state

Releases = Mapping[str, tuple[Path, Path]]
Note = Callable[[Request, LiveAnswer], None]
PREPARED: dict[Run, Holdout] = {}  # of a process that replays for another one


def prepare(context: Context) -> None:
    """Load the data of a run for ``ranks_of_run``, in a new process, while another one assembles releases.

    Args:
        context: the run, its settings and params.
    """
    PREPARED[context.run] = hold_out(Dataset.load(context.run.read("refined")), context.params)


def ranks_of_run(
    context: Context, releases: Releases, places: IntArray, without: Collection[str]
) -> dict[str, IntArray]:
    """``replay_ranks`` for a run, with the data that this process may have prepared; ``without`` some models."""
    if context.run not in PREPARED:
        prepare(context)
    return replay_ranks(context, PREPARED[context.run], releases, places, without=without)


def replay_ranks(
    context: Context,
    held_out: Holdout,
    releases: Releases,
    places: IntArray,
    *,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    notes: Mapping[str, Note] | None = None,
) -> dict[str, IntArray]:
    """Ranks of clicked articles before each click of the window.

    Args:
        context: the run, its settings and params.
        held_out: the window.
        releases: by model the folder assembled as of T, and the folder that holds its ranker.
        places: int64 (n), of the clicks in ``stream_of(held_out)``, ascending.
        only: names of models to replay; None for all.
        without: names of models to leave out.
        notes: by model what gets its answers.

    Returns:
        int64 (n) by name of the model: the rank in the list that the user would have got just before the click.
    """
    params: NewsParams = context.params
    window, stream = held_out.window, stream_of(held_out)
    plain = MostRead(stream, held_out.dataset.issued_ms, params.pool.max_age_hours, rows_of(params.gate.beats))
    every = params.ranking.renew_hours if window.protocol == "time_split" else LONGEST_HOURS
    with TemporaryDirectory(prefix="pauta-renewed-") as scratch:
        renewal = Renewal(held_out.dataset, every, Path(scratch))
        rules = past_rules(context.settings.events_address, window.start_ms, window.end_ms)
        walks = _walks(context, stream, window.start_ms, releases)
        models = _ReplayedModels(releases, walks, plain, renewal, params, rules, notes or {}, only, without)
        return models.ranks(places, window.start_ms)


def stream_of(held_out: Holdout) -> Stream:
    """All reads; with a validation file its reads follow."""
    stream, later = from_dataset(held_out.dataset), held_out.dataset.validation
    return stream.followed_by(later) if held_out.window.protocol == "validation_file" and later is not None else stream


@dataclass
class _ReplayedModels:
    """The models that rank before each click.

    Attributes:
        releases: by model the folder as of T, and the folder that holds its ranker.
        walks: by pace the newsroom.
        plain: the lists of the most read articles.
        rules: of the editors, as they held; the first release is also replayed with them, if there are any.
        notes: by model what gets its answers.
        only: names of models to replay; None for all.
        without: names of models to leave out.
    """

    releases: Releases
    walks: dict[int, Walk]
    plain: MostRead
    renewal: Renewal
    params: NewsParams
    rules: list[Rule]
    notes: Mapping[str, Note]
    only: Collection[str] | None
    without: Collection[str]

    def _is_wanted(self, name: str) -> bool:
        return name not in self.without and (self.only is None or name in self.only)

    def ranks(self, places: IntArray, start_ms: int) -> dict[str, IntArray]:
        """By model (places): rank of the clicked article in the list that the user would have got just before."""
        walk, parts = next(iter(self.walks.values())), []
        for at_ms, some in self.renewal.periods(walk.stream, places, start_ms):
            parts.append(self._of_period(some, self._recommenders(start_ms, at_ms)))
        if not parts:
            parts.append(self._of_period(places, self._recommenders(start_ms, start_ms)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _of_period(self, places: IntArray, recommenders: dict[str, LiveRecommender]) -> dict[str, IntArray]:
        n = max(self.params.evaluation.cutoffs)
        models: dict[str, Model] = {name: answering(by, n, self.notes.get(name)) for name, by in recommenders.items()}
        if CANDIDATE in recommenders:
            models[LISTED] = listing(recommenders[CANDIDATE], n)
        wanted = {name: model for name, model in (models | self.plain.models()).items() if self._is_wanted(name)}
        return ranks_of(list(self.walks.values()), places, wanted, recommenders.values())

    def _recommenders(self, start_ms: int, at_ms: int) -> dict[str, LiveRecommender]:
        """Every release as of a moment, over the newsroom of its pace."""
        found = {}
        for name, (folder, origin) in self.releases.items():
            ranker, mixing = load_ranker(origin)[0], load_mixing(origin, self.params.serving)[0]
            renewed = self.renewal.folder(folder, name, start_ms, at_ms)
            found[name] = recommender_of(renewed, self.walks[pace_in(origin)], at_ms, self.params, ranker, mixing)
        candidate = found.get(CANDIDATE)
        if candidate is not None and candidate.ranker is not None:
            found[WITHOUT] = LiveRecommender(
                candidate.model, candidate.newsroom, None, self.params.serving, mixing=candidate.mixing
            )
        if self.rules:
            first = next(iter(found.values()))
            found[EDITED] = LiveRecommender(
                first.model,
                first.newsroom,
                first.ranker,
                self.params.serving,
                mixing=first.mixing,
                rules=RuleBook(self.rules, 1),
            )
        return found


def _walks(context: Context, stream: Stream, at_ms: int, releases: Releases) -> dict[int, Walk]:
    """By pace the newsroom as of T: releases whose live windows last alike share one."""
    paces = dict.fromkeys(pace_in(origin) for _, origin in releases.values())
    return {pace: _walk(context, stream, at_ms, pace) for pace in paces}


def _walk(context: Context, stream: Stream, at_ms: int, pace: int) -> Walk:
    """The newsroom as of T: the run's own snapshot, or folded again where the run has none of that pace."""
    params: NewsParams = context.params
    first = place_after(stream, at_ms)
    if context.run.complete("ranked") and context.run.facts("ranked")["held_out_from"] == utc(at_ms):
        folder = context.run.read("ranked") / "holdout"
        if pace_in(folder) == pace:
            return Walk(stream, Newsroom(load_state(folder / "live", params.live)), first)
    walk = Walk.towards(stream, at_ms, params, pace)
    walk.fold_until(first)
    return walk
