"""Files of a small site, and what refining makes of them."""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.news.refine.step import refine
from pipelines.news.sources import download
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
CLICKS = ["user_id", "article_id", "timestamp", "session_id", "logged_in", "region", "device"]


def rows(count: int = 60) -> list[list[str]]:
    draw = random.Random(5)
    made = []
    for number_ in range(count):
        user, moment = f"u-{number_ % 12}", START + timedelta(minutes=7 * number_)
        login = "true" if number_ % 12 < 4 else "false"
        article = f"a-{draw.randrange(10)}"
        made.append([user, article, moment.isoformat(), f"s-{user}-{number_ // 24}", login, "SP", "phone"])
    return made


def write_csv(file: Path, header: list[str], cells: list[list[str]], **how: Any) -> None:
    encoding = how.pop("encoding", "utf-8")
    with file.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, **how).writerows([header, *cells])


def refined(tmp_path: Path, source: Path, *lines: str) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    """Facts and tables of the steps download and refine."""
    params = load_params(NewsParams, FILE, list(lines))
    run = Run(tmp_path / "data" / "news", f"run-{len(list(tmp_path.glob('data/news/raw/*')))}")
    context = Context(Settings(data_dir=tmp_path / "data", clock="data"), params, run, Options("files", source))
    facts = download(context) | refine(context)
    folder = run.read("refined")
    return facts, {
        name: pl.read_parquet(folder / f"{name}.parquet") for name in ("users", "articles", "interactions", "rejected")
    }


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return all(one[name].equals(other[name]) for name in one)
