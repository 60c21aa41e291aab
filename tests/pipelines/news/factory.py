"""Small refined data with planted tastes: readers like one section each, and read what is new there."""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.news import columns as c
from pipelines.news.dataset import Dataset
from pipelines.news.tables import TIME, table_path

START_MS = 1_656_644_400_000  # 2022-07-01 03:00 UTC
HOUR_MS = 3_600_000
WORDS = {
    "economia": "dólar inflação juros bolsa mercado câmbio",
    "esporte": "gol campeonato jogador técnico torcida estádio",
    "saude": "vacina hospital médico paciente vírus tratamento",
    "politica": "senado deputado votação ministro congresso governo",
}
SECTIONS = tuple(WORDS)
LIFE_HOURS = 8


def write_refined(folder: Path, *, users: int = 300, articles: int = 200, hours: int = 96, seed: int = 7) -> Path:
    """Write the tables. User i likes section i % 4; i % 3 says logged (12 reads), semi-logged (5) or anonymous (1)."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    issued = np.sort(rng.uniform(0, hours, articles))
    section = rng.integers(0, 4, articles)
    counts = np.array([12, 5, 1])[np.arange(users) % 3]
    reader = np.repeat(np.arange(users), counts)
    when = rng.uniform(LIFE_HOURS, hours, len(reader))
    article = np.array([_choice(rng, user, hour, issued, section) for user, hour in zip(reader, when, strict=True)])
    _write_articles(folder, issued, section, rng)
    _write_users(folder, counts)
    order = np.argsort(when, kind="stable")
    _write_interactions(folder, reader[order], article[order], when[order], rng)
    return folder


def dataset(folder: Path, **sizes: int) -> Dataset:
    """The same, loaded."""
    return Dataset.load(write_refined(folder, **sizes))


def _choice(rng: np.random.Generator, user: int, hour: float, issued: np.ndarray, section: np.ndarray) -> int:
    """An article alive at the hour, nine times of ten from the reader's section when it has one, newer ones rather."""
    alive = np.flatnonzero(issued <= hour)
    liked = alive[section[alive] == user % 4]
    if len(liked) and rng.random() < 0.9:
        alive = liked
    weight = np.exp((issued[alive] - hour) / LIFE_HOURS) + 1e-12
    return int(rng.choice(alive, p=weight / weight.sum()))


def _write_articles(folder: Path, issued: np.ndarray, section: np.ndarray, rng: np.random.Generator) -> None:
    names = [SECTIONS[code] for code in section]
    texts = [" ".join(rng.choice(WORDS[name].split(), 4)) for name in names]
    table = {
        c.ARTICLE: pl.Series(range(len(names)), dtype=pl.UInt32),
        c.ARTICLE_ID: [f"article-{row}" for row in range(len(names))],
        c.URL: [f"https://pauta.example/{name}/{row}.ghtml" for row, name in enumerate(names)],
        c.TITLE: texts,
        c.CAPTION: [""] * len(names),
        c.BODY: [f"{text}. {WORDS[name]}" for text, name in zip(texts, names, strict=True)],
        c.ISSUED: _times(issued),
        c.SECTION: names,
        c.REGION: ["sp" if row % 5 == 0 else "" for row in range(len(names))],
    }
    pl.DataFrame(table).write_parquet(table_path(folder, "articles"))


def _write_users(folder: Path, counts: np.ndarray) -> None:
    table = {
        c.USER: pl.Series(range(len(counts)), dtype=pl.UInt32),
        c.USER_ID: [f"reader-{row}" for row in range(len(counts))],
        c.USER_TYPE: [c.LOGGED if row % 3 == 0 else c.NOT_LOGGED for row in range(len(counts))],
        c.READS: pl.Series(counts, dtype=pl.UInt32),
    }
    pl.DataFrame(table).write_parquet(table_path(folder, "users"))


def _write_interactions(
    folder: Path, reader: np.ndarray, article: np.ndarray, when: np.ndarray, rng: np.random.Generator
) -> None:
    n = len(reader)
    table = {
        c.USER: pl.Series(reader, dtype=pl.UInt32),
        c.ARTICLE: pl.Series(article, dtype=pl.UInt32),
        c.TIMESTAMP: _times(when),
        c.SECONDS: pl.Series(rng.exponential(60, n) * (1 + reader % 4), dtype=pl.Float32),
        c.CLICKS: pl.Series(rng.poisson(2, n), dtype=pl.Float32),
        c.SCROLL: pl.Series(rng.uniform(0, 100, n), dtype=pl.Float32),
        c.VISITS: pl.Series(np.ones(n), dtype=pl.Float32),
        c.ENGAGEMENT: pl.Series(rng.uniform(1, 3, n), dtype=pl.Float32),
        c.SESSION: pl.Series([None] * n, dtype=pl.Int64),
        c.REGION: pl.Series([None] * n, dtype=pl.Int16),
        c.DEVICE: pl.Series([None] * n, dtype=pl.Int16),
    }
    pl.DataFrame(table).write_parquet(table_path(folder, "interactions"))


def _times(hours: np.ndarray) -> pl.Series:
    return pl.Series((START_MS + hours * HOUR_MS).astype(np.int64)).cast(TIME)
