"""Makes a small release with what the API image has alone: no training, no tables."""

import json
from pathlib import Path

import numpy as np

from script_shared.arrays import IdIndex, IntArray, Strings
from script_shared.clock import HOUR_MS
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.params import FILE, ModelParams, NewsParams
from script_shared.news.readers.reader_table import ReaderTable
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.training_data import TrainingData
from script_shared.news.recommenders.popular import count
from script_shared.news.release_folder import FORMAT
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from tests.app.fitted import recommenders

NOW_MS = 1_660_532_400_000  # 2022-08-15T03:00:00Z, the end of the release's data
ARTICLES = 60  # a0..a59: a0..a9 expired, a50..a59 not yet published, a10..a49 alive
ALIVE = frozenset(f"a{number}" for number in range(10, 50))
SECTIONS = ("economia", "esportes", "mundo")
LOGGED, SEMI, ANONYMOUS = ("log0", "log1", "log2"), ("semi0", "semi1"), ("anon0", "anon1")
READS = {  # reader to articles read, oldest first
    "log0": (3, 11, 12, 13),
    "log1": (20, 21),
    "log2": (),
    "semi0": (30, 31, 32, 33, 34),
    "semi1": (40, 41),
    "anon0": (15,),
    "anon1": (),
}


def issued_ms() -> IntArray:
    """Ten expired, forty an hour apart until now, ten still to come."""
    hours = np.concatenate([np.arange(10) - 1000, np.arange(40) - 39, np.arange(10) + 1])
    return NOW_MS + hours.astype(np.int64) * HOUR_MS


def catalog(title: str) -> Catalog:
    """The articles; every title begins with ``title``."""
    names = [f"a{number}" for number in range(ARTICLES)]
    section = (np.arange(ARTICLES) % 3).astype(np.int16)
    return Catalog(
        ids=IdIndex.of(names),
        urls=Strings.of([f"https://pauta.example/economia/noticia/{name}.ghtml" for name in names]),
        titles=Strings.of([f"{title} {name}: eleição e café" for name in names]),
        issued_ms=issued_ms(),
        section=section,
        section_names=Strings.of(SECTIONS),
        region=np.full(ARTICLES, -1, np.int16),
        region_names=Strings.of([]),
    )


def snapshot() -> TrainingData:
    """All reads, a minute apart, the last one at the end of the data."""
    pairs = [(user, article) for user, articles in enumerate(READS.values()) for article in articles]
    user, article = np.array(pairs, np.uint32).T
    time_ms = NOW_MS - 60_000 * np.arange(len(pairs), dtype=np.int64)[::-1]
    ones, nowhere = np.ones(len(pairs), np.float32), np.full(len(pairs), -1, np.int16)
    reads = Reads(user, article, time_ms, ones, ones, ones, ones, ones, nowhere, nowhere)
    logged = np.array([name in LOGGED for name in READS])
    articles = catalog("")
    return TrainingData(
        as_of_ms=NOW_MS,
        reads=reads,
        logged=logged,
        issued_ms=articles.issued_ms,
        section=articles.section,
        region=articles.region,
        section_names=list(SECTIONS),
        region_names=[],
        texts=lambda rows, characters: [],
    )


def readers() -> ReaderTable:
    known = snapshot()
    return ReaderTable(IdIndex.of(list(READS)), known.logged, known.histories())


def make_release(folder: Path, title: str = "Notícia", clock_mode: str = "data") -> Path:
    """Write the release into ``folder``, which is made; the folder."""
    params, known = load_params(NewsParams, FILE), snapshot()
    kept = ModelParams(**{name: getattr(params, name) for name in ModelParams.model_fields})
    catalog(title).save(folder / "catalog")
    readers().save(folder / "readers")
    count(known, params.popularity).save(folder / "popularity")
    for name, recommender in recommenders(known, kept).items():
        recommender.save(folder / name)
    (folder / "params.json").write_text(kept.model_dump_json())
    facts = {"format": FORMAT, "clock_mode": clock_mode, "data_end_ms": NOW_MS, "segments": list(SEGMENT_NAMES)}
    (folder / "model.json").write_text(json.dumps(facts))
    return folder
