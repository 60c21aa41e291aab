"""A site at full scale for the serving benchmark: a release, the clicks of its last hours in a log, and who asks."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.news.use_case import NEWS
from script_shared.arrays import save_arrays
from script_shared.events import Entry, EventLog, Kind
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.loading import POSITION, RECALLED, SHARED_VISITS, load_newsroom
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from script_shared.releases import Releases
from tests.benchmarks.measure import measure
from tests.benchmarks.scale import FULL_SCALE, pipeline_step

FILLED = 100_000  # clicks in the log before the API starts
TRAINING_CLICKS = 12_000  # of them came after a training had read the log: five minutes of 40 per second
SENT_BACK = 5_000  # readers of so many last clicks are the ones who come back
RUN = "scale"


@dataclass(frozen=True)
class Site:
    """What the benchmark asks of.

    Attributes:
        env: settings of the API.
        returning: readers seen in the last minutes; known: any readers of the release.
        pages: articles that are clicked, one entry for each late click.
        now_ms: time of the newest click, epoch milliseconds, UTC.
        releases: holds two versions of the release, ``versions``; the first is in service.
    """

    env: dict[str, str]
    returning: list[str]
    known: list[str]
    pages: list[str]
    now_ms: int
    releases: Releases
    versions: tuple[str, str]

    def plan(self, requests: int, events_share: float, seed: int) -> list[tuple[str, str, dict[str, Any] | None]]:
        """Method, path and body of so many requests: readers who came back, others, strangers; and their clicks."""
        random = np.random.default_rng(seed)
        planned: list[tuple[str, str, dict[str, Any] | None]] = []
        for turn, (draw, is_event) in enumerate(
            zip(random.random(requests), random.random(requests) < events_share, strict=True)
        ):
            user = self._reader(float(draw), f"new-{seed}-{turn}", random)
            if is_event:
                click = {"event_id": f"{seed}-{turn}", "user_id": user or f"once-{turn}", "page": self._page(random)}
                planned.append(("POST", "/events", {**click, "region": str(turn % 27), "device": "mobile"}))
            else:
                who = f"&user_id={user}" if user else ""
                path = f"/recommendations?num_recs=10&region={turn % 27}&device=mobile{who}"
                planned.append(("GET", path, None))
        return planned

    def _reader(self, draw: float, new: str, random: np.random.Generator) -> str:
        if draw < 0.6:
            return self.returning[int(random.integers(len(self.returning)))]
        if draw < 0.8:
            return self.known[int(random.integers(len(self.known)))]
        return "" if draw < 0.9 else new

    def _page(self, random: np.random.Generator) -> str:
        return self.pages[int(random.integers(len(self.pages)))]


def build(work: Path, overrides: list[str], say: Any = print) -> Site:
    """Make what is missing in ``work`` by the pipeline, and start from a fresh event log."""
    env = _environment(work)
    if not (work / "models/news/releases").exists():
        for step in NEWS.steps:
            say(f"{step.name} ...")
            measure(pipeline_step(step.name, RUN, overrides or FULL_SCALE), env)
    releases = Releases(f"{work / 'models'}/news")
    shutil.rmtree(work / "log", ignore_errors=True)
    (work / "log").mkdir()
    late, late_ms = _late_clicks(work)
    log = EventLog(env["PAUTA_EVENTS_URI"])
    _fill(log, late, late_ms)
    versions = _two_versions(releases, work, log)
    log.close()
    readers = late["user_id"].to_list()
    known = _run(work, "users").select("user_id").collect()["user_id"].sample(20_000, seed=1).to_list()
    pages = late["article_id"].tail(20_000).to_list()
    return Site(env, readers[-SENT_BACK:], known, pages, late_ms[-1], releases, versions)


def _environment(work: Path) -> dict[str, str]:
    places = {"DATA_DIR": "data", "MODELS_URI": "models", "EVALUATION_DIR": "evaluation", "CACHE_DIR": "cache"}
    settings = {f"PAUTA_{name}": str((work / folder).absolute()) for name, folder in places.items()}
    log = {"PAUTA_EVENTS_URI": f"sqlite:///{(work / 'log/events.db').absolute()}", "PAUTA_LOG_LEVEL": "warning"}
    return {**os.environ, **settings, **log, "PAUTA_SOURCE": "sample", "OPENBLAS_NUM_THREADS": "1"}


def _run(work: Path, table: str) -> pl.LazyFrame:
    run = next((work / "data/news/refined").iterdir())
    return pl.scan_parquet(run / f"{table}.parquet")


def _late_clicks(work: Path) -> tuple[pl.DataFrame, list[int]]:
    """The last clicks with their readers' and articles' ids, and their times."""
    late = _run(work, "interactions").select("user", "article", "timestamp").tail(FILLED).collect()
    users = _run(work, "users").select("user_id").collect()["user_id"]
    articles = _run(work, "articles").select("article_id").collect()["article_id"]
    named = late.with_columns(users.gather(late["user"]), articles.gather(late["article"]))
    return named, late["timestamp"].dt.epoch("ms").to_list()


def _fill(log: EventLog, late: pl.DataFrame, late_ms: list[int]) -> None:
    rows = zip(late["user_id"], late["article_id"], late_ms, strict=True)
    entries = [
        Entry(f"before-{turn}", Kind.CLICK, time_ms, user, page, {"region": str(turn % 27), "device": "mobile"})
        for turn, (user, page, time_ms) in enumerate(rows)
    ]
    for start in range(0, len(entries), 5_000):
        log.append(entries[start : start + 5_000])


def _two_versions(releases: Releases, work: Path, log: EventLog) -> tuple[str, str]:
    """The release that was made, with a ranker, in service; and one as a training on the log would leave it."""
    versions = ("bench-before", "bench-after")
    there = {manifest.version for manifest in releases.list()}
    if not set(versions) <= there:
        made = work / "with-ranker"
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(releases.fetch(max(version for version in there if not version.startswith("bench"))), made)
        if not (made / "ranker").exists():
            stand_in().save(made / "ranker")
        releases.publish(made, versions[0], {"made_for": "benchmark"})
        _fold(made, log)
        releases.publish(made, versions[1], {"made_for": "benchmark"})
        shutil.rmtree(made)
    releases.promote(versions[0], "benchmark")
    return versions


def _fold(release: Path, log: EventLog) -> None:
    """All but the newest clicks of the log into the release's snapshot."""
    newsroom, _ = load_newsroom(release, load_params(NewsParams, FILE).live, assignment_of(NewsModel.load(release)))
    while entries := log.tail(newsroom.seq, min(5_000, FILLED - TRAINING_CLICKS - newsroom.seq)):
        newsroom.apply(entries)
    assert newsroom.state is not None
    shutil.rmtree(release / "live", ignore_errors=True)
    save_state(newsroom.state, release / "live")
    (release / "live" / POSITION).write_text(json.dumps({"seq": newsroom.seq}), encoding="utf-8")
    nothing = {RECALLED: np.zeros(0, np.int64), SHARED_VISITS: np.zeros(0, np.uint64)}  # training left out no click
    save_arrays(release / "live", nothing)


def stand_in() -> Ranker:
    """For a release without a ranker: one of the usual size, trained on numbers drawn by seed."""
    import lightgbm

    random, names = np.random.default_rng(1), list(FEATURES)
    rows = random.normal(size=(40_000, len(names))).astype(np.float32)
    worth = rows[:, :12].sum(axis=1) + random.normal(size=len(rows))
    labels = (worth.reshape(-1, 40) == worth.reshape(-1, 40).max(axis=1, keepdims=True)).ravel().astype(int)
    params = {"objective": "lambdarank", "num_leaves": 24, "verbose": -1, "num_threads": 1, "seed": 1}
    data = lightgbm.Dataset(rows, labels, group=[40] * 1000, params={"verbose": -1})
    return Ranker(lightgbm.train(params, data, 200), names)


def as_json(body: dict[str, Any] | None) -> bytes:
    """A body as it is sent."""
    return b"" if body is None else json.dumps(body).encode()
