"""A small refined run, made directly as tables, and the steps that bring it to a release."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.news.tables import TIME
from pipelines.news.training.assemble import assemble
from pipelines.news.training.ranker_step import rank
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.clock import HOUR_MS
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings

USERS, ARTICLES, READS = 600, 240, 3600
START_MS = 1_660_000_000_000
HOURS = 72
SMALL = (
    "logged.als.factors = 8",
    "logged.als.iterations = 3",
    "semi_logged.clusters = 3",
    "split.window_hours = 12",
    "pool.max_age_hours = 60",
    "evaluation.bootstrap_resamples = 50",
    "gate.min_users = 10",
    "gate.beats = []",
    "evaluation.popularity_windows_hours = [1, 6, 24]",
    "ranker.trees = 20",
    "ranker.min_rows_in_leaf = 20",
    "ranking.requests = 150",
    "ranking.hours = 12",
    "evaluation.replayed_clicks = 60",
)


def context_of(root: Path, run_id: str, *changes: str, **options: Any) -> Context:
    """The context of a run below ``root`` with params made small."""
    settings = Settings(
        data_dir=root / "data",
        models_uri=str(root / "models"),
        evaluation_dir=root / "evaluation",
        cache_dir=root / "cache",
    )
    params = load_params(NewsParams, FILE, [*SMALL, *changes])
    return Context(settings, params, Run(root / "data" / "news", run_id), Options(**options))


def refine(context: Context, *, seed: int = 1, **facts: Any) -> None:
    """Write refined tables: a third of the users log in and read much, some others come once; a few articles lead."""
    draw = np.random.default_rng(seed)
    issued = np.sort(draw.integers(0, HOURS * HOUR_MS, ARTICLES))
    time = np.sort(draw.integers(0, HOURS * HOUR_MS, READS))
    user = (USERS * draw.random(READS) ** 4).astype(np.uint32)
    newest = np.searchsorted(issued, time).clip(1)
    article = (newest - 1 - np.floor(newest * draw.random(READS) ** 4).clip(0, newest - 1)).astype(np.uint32)
    logged = np.arange(USERS) % 3 == 0
    with context.run.write("refined") as (folder, kept):
        _users(logged, user).write_parquet(folder / "users.parquet")
        _articles(issued, draw).write_parquet(folder / "articles.parquet")
        _interactions(user, article, time).write_parquet(folder / "interactions.parquet")
        kept.update({"source": "sample", **facts})


def make(context: Context, **changes: Any) -> Context:
    """Refine, train, assemble and rank."""
    rank(make_without_ranker(context, **changes))
    return context


def make_without_ranker(context: Context, **changes: Any) -> Context:
    """Refine, train and assemble."""
    refine(context, **changes)
    for segment in SEGMENT_NAMES:
        train(context, segment)
    assemble(context)
    return context


def _moments(ms: np.ndarray) -> pl.Series:
    return pl.Series(START_MS + ms).cast(TIME)


def _users(logged: np.ndarray, user: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "user": pl.Series(range(USERS), dtype=pl.UInt32),
            "user_id": [f"u{row}" for row in range(USERS)],
            "user_type": ["Logged" if some else "Non-Logged" for some in logged],
            "reads": pl.Series(np.bincount(user, minlength=USERS), dtype=pl.UInt32),
        }
    )


def _articles(issued: np.ndarray, draw: np.random.Generator) -> pl.DataFrame:
    sections = [("economia", "juros bolsa dólar"), ("saude", "vacina hospital médico"), ("esporte", "gol time jogo")]
    chosen = [sections[kind] for kind in draw.integers(0, 3, ARTICLES)]
    return pl.DataFrame(
        {
            "article": pl.Series(range(ARTICLES), dtype=pl.UInt32),
            "article_id": [f"a{row}" for row in range(ARTICLES)],
            "url": [f"https://pauta.example/{name}/{row}.ghtml" for row, (name, _) in enumerate(chosen)],
            "title": [f"{words} {row % 7}" for row, (_, words) in enumerate(chosen)],
            "caption": [words for _, words in chosen],
            "body": [f"{words} texto {row}" for row, (_, words) in enumerate(chosen)],
            "issued": _moments(issued),
            "section": [name for name, _ in chosen],
            "region": [""] * ARTICLES,
        }
    )


def _interactions(user: np.ndarray, article: np.ndarray, time: np.ndarray) -> pl.DataFrame:
    some = {"seconds_on_page": 60.0, "clicks": 1.0, "scroll_percent": 50.0, "page_visits": 1.0, "engagement": 2.0}
    codes = {"session": pl.Int64, "region": pl.Int16, "device": pl.Int16}
    return pl.DataFrame({"user": user, "article": article, "timestamp": _moments(time)}).with_columns(
        **{name: pl.lit(value, pl.Float32) for name, value in some.items()},
        **{name: pl.lit(None, kind) for name, kind in codes.items()},
    )
