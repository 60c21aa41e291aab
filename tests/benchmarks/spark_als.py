"""Fits ALS with both engines on reads of users who log in, and prints the figures of ALS alone in the held-out window.

``.venv-spark/bin/python -m tests.benchmarks.spark_als data/news/refined/RUN --users 3000``; ``make test-spark``
installs the environment.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from pipelines.measures.figures import measure
from pipelines.news import columns as c
from pipelines.news.as_of import snapshot_of
from pipelines.news.dataset import Dataset
from pipelines.news.split.holdout import hold_out
from pipelines.news.tables import table_path
from pipelines.news.training.spark.read_parts import ReadParts
from pipelines.news.training.spark.snapshot import SparkSnapshot
from pipelines.spark.session import spark_session
from script_shared.algorithms.als import Als, AlsWeights
from script_shared.algorithms.histories import Batch
from script_shared.news.params import FILE, NewsParams, for_site
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.recommenders.pool import PoolBuilder
from script_shared.news.recommenders.popular import count
from script_shared.news.recommenders.scoring import forbid, top
from script_shared.news.site_profile import SiteProfile
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.benchmarks.measure import tree_cpu

SEED = 7


def main() -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.spark_als", description=__doc__)
    parser.add_argument("refined", type=Path, help="folder of a refined run")
    parser.add_argument("--users", type=int, default=3000, help="users who log in, drawn by seed")
    parser.add_argument("--master", default="local[2]", help="of Spark")
    args = parser.parse_args()
    params: NewsParams = for_site(load_params(NewsParams, FILE), SiteProfile(45.0, 7500.0, 0.0, 0.0, 0.0))
    with tempfile.TemporaryDirectory(prefix="pauta-als-") as made:
        data = _some(args.refined, args.users, Path(made))
        held_out = hold_out(data, params)
        snapshot = snapshot_of(data, held_out.window.start_ms)
        members = np.ones(data.n_users, bool)
        own = params.model.logged.als
        weights = AlsWeights(own.factors, own.regularization, own.iterations, own.alpha)
        settings = Settings(engine="spark", spark_master=args.master)
        with spark_session(settings, "als") as session:
            parts = ReadParts.of(session, table_path(data.folder, "interactions"), data.folder / "reads")
            known = {name: value for name, value in vars(snapshot).items() if name != "reads"}
            lists = {}
            for name, one in {"implicit": snapshot, "spark": SparkSnapshot(parts=parts, **known)}.items():
                started, cpu = perf_counter(), tree_cpu(os.getpid())
                als = one.fold(one.factorise(members, weights), members)
                taken = f"{perf_counter() - started:.0f} s, {tree_cpu(os.getpid()) - cpu:.0f} CPU s"
                print(f"{name}: {taken}, {_sizes(als)}", flush=True)
                lists[name] = _lists(als, snapshot, held_out.truth.users, params)
    figures, differences = measure(lists, held_out.protocol(params), "spark")
    for found in [*figures, *differences]:
        if (found.metric, found.cutoff) in (("ndcg", 10), ("hr", 10)) and found.segment in ("logged", "all"):
            print(found)
    return 0


def _some(refined: Path, users: int, folder: Path) -> Dataset:
    """A copy of the data with some of the users who log in."""
    table = pl.read_parquet(table_path(refined, "users"), glob=False)
    logged = table.filter((pl.col(c.USER_TYPE) == c.LOGGED) & (pl.col(c.READS) > 1))
    some = logged.sample(min(users, logged.height), seed=SEED).sort(c.USER)
    numbers = some.select(c.USER).with_row_index("number")
    reads = pl.scan_parquet(table_path(refined, "interactions"), glob=False)
    mine = reads.join(numbers.lazy(), on=c.USER, how="inner", maintain_order="left").collect()
    mine = mine.with_columns(pl.col("number").alias(c.USER)).drop("number")
    mine.write_parquet(table_path(folder, "interactions"))
    some.with_columns(pl.int_range(some.height, dtype=pl.UInt32).alias(c.USER)).write_parquet(
        table_path(folder, "users")
    )
    table_path(folder, "articles").symlink_to(table_path(refined, "articles").absolute())
    print(f"{some.height} users, {mine.height} reads", flush=True)
    return Dataset.load(folder)


def _lists(als: Als, snapshot: Snapshot, users: np.ndarray, params: NewsParams) -> np.ndarray:
    """The 20 articles of the pool with the highest score of ALS alone, without those that were read."""
    now_ms = snapshot.as_of_ms
    pool = PoolBuilder(snapshot.issued_ms, params.model.pool).pool(now_ms, count(snapshot, params.model.popularity))
    batch = Batch(users, snapshot.histories(users))
    scores = als.over(pool.candidates)(batch)
    forbid(scores, batch.histories, np.zeros(0, np.int64), pool)
    places = top(scores, 20)
    return np.where(places >= 0, pool.candidates.rows[places], -1)


def _sizes(als: Als) -> str:
    sums = [float(np.square(side.vectors, dtype=np.float64).sum()) for side in (als.base_users, als.items)]
    low = np.linalg.eigvalsh(als.gram)[0]
    sides = f"{len(als.base_users)} users, {als.n_base_items} articles"
    return f"{sides}, sums of squares {sums[0]:.0f} and {sums[1]:.0f}, smallest eigenvalue {low:.2f}"


if __name__ == "__main__":
    sys.exit(main())
