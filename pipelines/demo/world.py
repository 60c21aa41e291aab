"""The generated site of the demo: its past as files to learn from, and its next days as reads and articles to live."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.sample_world.catalog import DAY_MS, Catalog, make_catalog
from pipelines.sample_world.files import page_ids, write_itens, write_treino
from pipelines.sample_world.picks import pick_articles
from pipelines.sample_world.readers import ROBOT, Readers, make_readers
from pipelines.sample_world.streams import stream
from pipelines.sample_world.texts import bodies, headlines
from pipelines.sample_world.visits import Visits, make_visits, page_behaviour
from pipelines.sample_world.words import words
from script_shared.news.params import SampleParams

LIVED_DAYS = 3  # at the end of the world: nothing is trained on them before they are lived
READS, ARTICLES = "reads.jsonl", "articles.jsonl"


def write_world(folder: Path, params: SampleParams) -> int:
    """Write the site: files of the source ``local`` until a moment, then one line for each later read and article.

    Args:
        folder: gets ``files/``, ``itens/``, ``reads.jsonl`` and ``articles.jsonl``, both in the order of time.
        params: of the whole world; its last days are those to live.

    Returns:
        the moment at which the past ends, epoch milliseconds, UTC.
    """
    catalog, readers = make_catalog(params), make_readers(params)
    titles = headlines(params.seed, catalog)
    pages = page_ids(params.seed, catalog, titles["url"])
    visits = make_visits(stream(params.seed, "visits"), readers, readers.sizes, (catalog.start_ms, catalog.end_ms))
    article = pick_articles(stream(params.seed, "picks"), catalog, readers, visits)
    behaviour = page_behaviour(stream(params.seed, "behaviour"), readers, visits)
    now_ms = catalog.end_ms - LIVED_DAYS * DAY_MS
    past = visits.time_ms < now_ms
    known = int(np.searchsorted(catalog.issued_ms, now_ms))
    write_treino(
        folder,
        readers,
        pages,
        Visits(visits.user[past], visits.time_ms[past], visits.seconds[past]),
        article[past],
        {name: values[past] for name, values in behaviour.items()},
        lambda rows: None,
    )
    write_itens(folder, params.seed, _first(catalog, known), titles.head(known), pages.head(known), lambda rows: None)
    _write_lines(folder / READS, _reads(readers, pages.to_list(), visits, article, now_ms))
    _write_lines(folder / ARTICLES, _articles(params.seed, catalog, titles, pages.to_list(), known))
    return now_ms


def _first(catalog: Catalog, count: int) -> Catalog:
    names = ("ids", "issued_ms", "topic", "place", "cell", "appeal", "life_hours", "circle")
    return replace(catalog, **{name: getattr(catalog, name)[:count] for name in names})


def _reads(
    readers: Readers, pages: list[str], visits: Visits, article: np.ndarray, now_ms: int
) -> Iterator[dict[str, Any]]:
    """Reads from ``now_ms`` on, without those of robots."""
    later = np.flatnonzero((visits.time_ms >= now_ms) & (readers.kind[visits.user] != ROBOT))
    states = words().states
    for row in later[np.argsort(visits.time_ms[later], kind="stable")]:
        user = int(visits.user[row])
        yield {
            "user": readers.ids[user],
            "page": pages[int(article[row])],
            "time": int(visits.time_ms[row]),
            "region": states[int(readers.region[user])],
        }


def _articles(seed: int, catalog: Catalog, titles: Any, pages: list[str], known: int) -> Iterator[dict[str, Any]]:
    """Articles that are published later, as the API takes them."""
    vocabulary = words()
    rows = np.arange(known, len(catalog.ids))
    for batch, caption, body in bodies(seed, catalog, rows):
        for place, row in enumerate(int(each) for each in batch):
            yield {
                "page": pages[row],
                "title": titles["title"][row],
                "url": titles["url"][row],
                "text": f"{caption[place]}\n{body[place]}",
                "section": vocabulary.topics[int(catalog.topic[row])].section,
                "issued": int(catalog.issued_ms[row]),
            }


def _write_lines(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
