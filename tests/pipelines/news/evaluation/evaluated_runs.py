"""Evaluations of runs made for tests, and what they say."""

from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np

from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.result import Evaluation, read_evaluation
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS


def again(done: Context, tmp_path: Path, **settings) -> Context:
    """The same run and releases, with evaluation files of its own."""
    return replace(done, settings=done.settings.model_copy(update={"evaluation_dir": tmp_path, **settings}))


def evaluation_of(context: Context, step: str = "evaluated") -> Evaluation:
    return read_evaluation(context.run.read(step) / "metrics.json")


def expected_by_hand(done: Context, lists: dict[str, list[int]]) -> tuple[float, float]:
    """Mean Recall@10 and NDCG@10 of the logged held-out users by plain loops over sets."""
    data = Dataset.load(done.run.read("refined"))
    reads = data.interactions
    split = int(reads.time_ms[-1]) - 12 * HOUR_MS
    rows = list(zip(reads.user.tolist(), reads.article.tolist(), reads.time_ms.tolist(), strict=True))
    recalls, gains = [], []
    for user in np.flatnonzero(data.logged).tolist():
        known = {article for reader, article, time in rows if reader == user and time <= split}
        new = {article for reader, article, time in rows if reader == user and time > split} - known
        if new:
            found = [article in new for article in lists[f"u{user}"][:10]]
            ideal = sum(1 / log2(place + 2) for place in range(min(10, len(new))))
            recalls.append(sum(found) / len(new))
            gains.append(sum(hit / log2(place + 2) for place, hit in enumerate(found)) / ideal)
    return float(np.mean(recalls)), float(np.mean(gains))


def copy_tree(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def keep_first_hours(source: Path, folder: Path, hours: int) -> None:
    import polars as pl

    for name in ("users", "articles", "interactions"):
        frame = pl.read_parquet(source / f"{name}.parquet")
        if name == "interactions":
            frame = frame.filter(pl.col("timestamp") <= frame["timestamp"].min() + pl.duration(hours=hours))
        frame.write_parquet(folder / f"{name}.parquet")
