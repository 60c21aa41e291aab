"""Puts fitted recommenders, users and articles together as of a moment: a folder that NewsModel loads."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.as_of import snapshot_of, utc
from pipelines.news.clock_choice import clock_choice
from pipelines.news.dataset import Dataset
from pipelines.news.site import settle_params
from pipelines.news.split.moments import moments_of
from pipelines.news.training.engine import engine_facts, training_dataset
from pipelines.news.training.segments import folder_megabytes, members_of
from pipelines.use_case import Context
from script_shared.algorithms.blas_threads import one_blas_thread
from script_shared.algorithms.factors import Renumbering
from script_shared.arrays import IdIndex, Strings
from script_shared.clock import ClockChoice, wall_ms
from script_shared.errors import RunError
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.model import NewsModel
from script_shared.news.params import ModelParams, NewsParams
from script_shared.news.readers.reader_table import ReaderTable
from script_shared.news.readers.snapshot import Snapshot
from script_shared.news.recommenders.base import Recommender
from script_shared.news.recommenders.popular import count
from script_shared.news.release_folder import FORMAT
from script_shared.news.segments import SEGMENTS

AT_ONCE = 2  # folders; most of the work releases the GIL
NO_CHOICE = ClockChoice("data", "data", "Nobody serves it.")


def assemble(context: Context) -> dict[str, Any]:
    """Reads refined and trained; writes assembled/<run>/rank (as of R), holdout (as of T) and release (as of the end).

    The ranker learns beside the first, evaluation measures the second, the third is published; all come out of the
    same code. Where the data is too short for a ranker there is no first.

    Args:
        context: the run, its settings, params and options.

    Returns:
        facts of the step by folder: what its ``model.json`` says, and its size.

    Raises:
        RunError: refine or one segment's training is not complete, or was done with another split.
        ReleaseError: a made folder does not load or gives a wrong answer.
    """
    params: NewsParams = settle_params(context).params
    with training_dataset(context, "assembled") as dataset, context.run.write("assembled") as (folder, facts):
        facts.update(_assemble(context, params, dataset, folder), **engine_facts(context))
    return dict(facts)


def _assemble(context: Context, params: NewsParams, dataset: Dataset, folder: Path) -> dict[str, Any]:
    fitted = {
        segment.name: segment.recommender.load(context.run.read("trained", segment.name), params.model)
        for segment in SEGMENTS
    }
    clock, names = clock_choice(context, dataset.end_ms), Names.of(dataset)
    at = moments_of(dataset, params)
    _require_trained_until(context, at.fitted)
    moments = {"rank": at.fitted} if not at.too_short else {}
    moments |= {"holdout": at.split, "release": at.end}
    make = partial(put_together, fitted, dataset, params=params.model, clock=clock, names=names, fitted_ms=at.fitted)
    with one_blas_thread(), ThreadPoolExecutor(AT_ONCE) as threads:
        write = partial(_write_folder, context, params, make)
        made = {name: threads.submit(write, as_of_ms, folder / name) for name, as_of_ms in moments.items()}
        return {name: each.result() for name, each in made.items()}


def _write_folder(
    context: Context, params: NewsParams, make: Callable[[int, Path], dict[str, Any]], as_of_ms: int, out: Path
) -> dict[str, Any]:
    """Write a folder as of a moment, and check that it loads; returns its facts."""
    started = perf_counter()
    made = make(as_of_ms, out)
    note_site(out, context, params)
    NewsModel.load(out, out.name).check()
    return {**made, "seconds": round(perf_counter() - started, 2), "megabytes": folder_megabytes(out)}


def note_site(folder: Path, context: Context, params: NewsParams) -> None:
    """Write the site's rate and the pace of the release's live windows into ``model.json``.

    Args:
        folder: of an assembled release.
        context: of a run that is refined.
        params: as settled for the site.
    """
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    facts["site"] = {**context.run.facts("refined").get("site", {}), "pace": params.live.pace}
    (folder / "model.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")


def _require_trained_until(context: Context, moment_ms: int) -> None:
    """Refuse models that were trained on another split: they would have seen part of the window they are judged on."""
    for segment in SEGMENTS:
        trained_ms = context.run.facts("trained", segment.name)["as_of_ms"]
        if trained_ms != moment_ms:
            raise RunError(
                f"run {context.run.run_id}: {segment.name} was trained on reads until {utc(trained_ms)}, "
                f"but should have been until {utc(moment_ms)}: the params changed in between.",
                fix="Give the same --set and --params to every step of a run, or train again: --step train.",
            )


def assemble_from(
    release: Path, dataset: Dataset, as_of_ms: int, out: Path, names: "Names | None" = None
) -> dict[str, Any]:
    """The same for the fitted parts of an older release, with the state that ``dataset`` gives as of a moment.

    Rows of the release are matched to those of the data set by id, and the release's own params and segments hold.

    Args:
        release: folder of the older release.
        dataset: the loaded run whose users, articles and reads are used.
        as_of_ms: the moment, epoch milliseconds, UTC.
        out: folder that is written.
        names: ids of the data set, if they are already indexed.

    Returns:
        what is in ``model.json``.

    Raises:
        ReleaseError: the release is damaged or of another format.
    """
    old = NewsModel.load(release)
    users = _renumbering(old.readers.ids.ids, dataset.users[c.USER_ID])
    articles = _renumbering(old.catalog.ids.ids, dataset.articles[c.ARTICLE_ID])
    moved = {name: recommender.renumber(users, articles) for name, recommender in old.recommenders.items()}
    return put_together(moved, dataset, as_of_ms, out, old.params, names=names)


def put_together(
    fitted: Mapping[str, Recommender],
    dataset: Dataset,
    as_of_ms: int,
    out: Path,
    params: ModelParams,
    *,
    clock: ClockChoice | None = None,
    names: "Names | None" = None,
    fitted_ms: int | None = None,
) -> dict[str, Any]:
    """Write the folder that NewsModel loads, as of a moment; gives the facts of its ``model.json``.

    Args:
        fitted: recommenders by segment, with the users and articles of the data set as rows.
        dataset: the loaded run.
        as_of_ms: the moment, epoch milliseconds, UTC.
        out: folder that is written.
        params: of the models, kept in ``params.json``.
        clock: which one it runs on in service; data time where none is given, as in an evaluation.
        names: ids of the data set, if they are already indexed.
        fitted_ms: the moment as of which the recommenders already are; None if unknown.

    Returns:
        what is in ``model.json``.
    """
    names = names or Names.of(dataset)
    snapshot = snapshot_of(dataset, as_of_ms)
    for name, recommender in fitted.items():
        if as_of_ms != fitted_ms:
            recommender = recommender.as_of(snapshot, members_of(snapshot, name, fitted))
        recommender.save(out / name)
    count(snapshot, params.popularity).save(out / "popularity")
    catalog_of(dataset, snapshot, names).save(out / "catalog")
    ReaderTable(names.readers, snapshot.logged, snapshot.histories()).save(out / "readers")
    facts = _facts(snapshot, clock or NO_CHOICE, fitted)
    (out / "params.json").write_text(params.model_dump_json(indent=2), encoding="utf-8")
    (out / "model.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
    return facts


@dataclass(frozen=True)
class Names:
    """Ids of users and articles, ready to look up; the same at every moment of one data set."""

    readers: IdIndex
    articles: IdIndex

    @classmethod
    def of(cls, dataset: Dataset) -> "Names":
        """Index the ids of a data set."""
        users, articles = dataset.users[c.USER_ID], dataset.articles[c.ARTICLE_ID]
        return cls(IdIndex.of(users.to_list()), IdIndex.of(articles.to_list()))


def catalog_of(dataset: Dataset, snapshot: Snapshot, names: Names) -> Catalog:
    """The articles as a release keeps them."""
    table = dataset.articles
    return Catalog(
        ids=names.articles,
        urls=Strings.of(table[c.URL].to_list()),
        titles=Strings.of(table[c.TITLE].to_list()),
        issued_ms=snapshot.issued_ms,
        section=snapshot.section,
        section_names=Strings.of(snapshot.section_names),
        region=snapshot.region,
        region_names=Strings.of(snapshot.region_names),
    )


def _facts(snapshot: Snapshot, clock: ClockChoice, fitted: Mapping[str, Recommender]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "data_end_ms": snapshot.as_of_ms,
        "made_at_ms": wall_ms(),
        **clock.facts(),
        "users": snapshot.n_users,
        "articles": snapshot.n_articles,
        "interactions": int(snapshot.reads_by_user().sum()),
        "segments": {name: int(members_of(snapshot, name, fitted).sum()) for name in fitted},
        "recommenders": {name: recommender.source for name, recommender in fitted.items()},
    }


def _renumbering(old: Strings, new: pl.Series) -> Renumbering:
    before = pl.DataFrame({"id": old.tolist()}, schema={"id": pl.String})
    after = pl.DataFrame({"id": new, "row": np.arange(len(new))})
    rows = before.join(after, on="id", how="left", maintain_order="left")["row"].fill_null(-1).to_numpy()
    return Renumbering(rows, len(new))
