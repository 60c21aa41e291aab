"""Compares params on a window before the held-out one, so that choices never see the test window."""

import tempfile
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.evaluation.step import evaluate
from pipelines.news.split.holdout import split_of
from pipelines.news.training.assemble import assemble
from pipelines.news.training.segments import train
from pipelines.raw_files.links import link_or_copy
from pipelines.runs import Run, newest_run
from pipelines.use_case import Context
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings

FIGURES = ["segment", "model", "metric", "cutoff", "value", "low", "high", "users"]

ONE_LIST = ("evaluation.replayed_clicks = 0",)  # the rankers' replay would take most of the time


def grid(
    run: Run, choices: Mapping[str, Iterable[float | int]], settings: Settings, base: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Train and evaluate every combination of some params on data that ends where the held-out window begins.

    Args:
        run: a run whose refine step is complete; nothing is written to it.
        choices: params key to the values to try, such as ``{"logged.als.factors": [32, 64]}``.
        settings: where things are; its evaluation files and releases are left alone.
        base: further values set over the params file, for all combinations.

    Returns:
        one row per combination, segment, model, metric and cutoff; a column per key of ``choices``.

    Raises:
        SettingsError: a key or value is not allowed.
        InputError: the data is too short for two windows.
    """
    tables = []
    with tempfile.TemporaryDirectory(prefix="pauta-experiments-") as folder:
        places = _places(settings, Path(folder))
        earlier = _earlier(run, load_params(NewsParams, FILE, base), Path(folder))
        for values in product(*choices.values()):
            chosen = dict(zip(choices, values, strict=True))
            lines = [*base, *ONE_LIST, *(f"{key} = {value}" for key, value in chosen.items())]
            figures = _figures(Context(places, load_params(NewsParams, FILE, lines), earlier))
            tables.append(figures.assign(**chosen))
    return pd.concat(tables, ignore_index=True)[[*choices, *FIGURES]]


def _places(settings: Settings, folder: Path) -> Settings:
    own: dict[str, Any] = {"evaluation_dir": folder / "evaluation", "models_uri": str(folder / "models")}
    return settings.model_copy(update=own)


def _earlier(run: Run, params: NewsParams, folder: Path) -> Run:
    """A copy of the run's refined data that ends where the held-out window begins."""
    source = run.read("refined")
    end_ms = split_of(Dataset.load(source), params).start_ms
    shorter = Run(folder / "data", run.run_id)
    with shorter.write("refined") as (target, facts):
        facts.update(run.facts("refined"))
        for table in source.glob("*.parquet"):
            if table.stem == "interactions":
                until = pl.col(c.TIMESTAMP) <= pl.from_epoch(pl.lit(end_ms), "ms").dt.replace_time_zone("UTC")
                pl.scan_parquet(table, glob=False).filter(until).sink_parquet(target / table.name)
            elif table.stem != "validation":
                link_or_copy(table, target / table.name)
    return shorter


def _figures(context: Context) -> pd.DataFrame:
    for segment in SEGMENT_NAMES:
        train(context, segment)
    assemble(context)
    evaluate(context)
    table = pd.read_csv(context.settings.evaluation_dir / "evaluation_metrics.csv")
    return table[table.run_id == context.run.run_id][FIGURES]


def latest(settings: Settings) -> Run:
    """The newest run with refined data.

    Raises:
        RunError: there is none.
    """
    root = settings.data_dir / "news"
    return Run(root, newest_run(settings, "news", "refined") or "none")
