"""Small generated worlds and contexts for the tests of the sources."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.news.params import FILE, NewsParams, SampleParams
from script_shared.params import load_params
from script_shared.settings import Settings

LISTS = [
    "history",
    "timestampHistory",
    "numberOfClicksHistory",
    "timeOnPageHistory",
    "scrollPercentageHistory",
    "pageVisitsCountHistory",
    "timestampHistory_new",
]
SMALL = {"users": 900, "articles": 500, "interactions": 9_000, "days": 3.0, "seed": 11}


def news_params(**sample: Any) -> NewsParams:
    """The params of the package with a small sample, and whatever else is given for it."""
    params = load_params(NewsParams, FILE)
    return params.model_copy(update={"sample": params.sample.model_copy(update={**SMALL, **sample})})


def sample_params(**sample: Any) -> SampleParams:
    return news_params(**sample).sample


def context(root: Path, run_id: str, source: str, *, params: NewsParams | None = None, **options: Any) -> Context:
    """A run of one source below ``root``."""
    chosen = Options(source=source, **options)
    return Context(Settings(data_dir=root), params or news_params(), Run(root / "news", run_id), chosen)


def treino(folder: Path) -> pl.DataFrame:
    """All users as written."""
    paths = sorted((folder / "files" / "treino").glob("*.csv"))
    frame = pl.concat([pl.read_csv(path, infer_schema=False) for path in paths])
    return frame.with_columns(pl.col("historySize").cast(pl.Int64))


def itens(folder: Path) -> pl.DataFrame:
    """All items as written, with ``issued_ms`` beside."""
    frame = pl.concat(
        [pl.read_csv(path, infer_schema=False) for path in sorted((folder / "itens" / "itens").glob("*.csv"))]
    )
    return frame.with_columns(pl.col("issued", "modified").str.to_datetime("%Y-%m-%d %H:%M:%S%:z")).with_columns(
        issued_ms=pl.col("issued").dt.epoch("ms")
    )


def reads(folder: Path) -> pl.DataFrame:
    """One row per read: userId, userType, history (the page), the other columns as numbers."""
    frame = treino(folder).select("userId", "userType", *[pl.col(name).str.split(", ") for name in LISTS])
    return frame.explode(LISTS).with_columns(
        pl.col("timestampHistory").cast(pl.Int64), pl.col(LISTS[2:]).cast(pl.Float64)
    )
