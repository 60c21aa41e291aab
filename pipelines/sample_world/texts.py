"""Titles, urls, captions and bodies of the generated articles, put together in bulk from pools of phrases."""

from collections.abc import Iterator
from random import Random

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.sample_world.catalog import Catalog
from pipelines.sample_world.sentences import (
    CAPTIONS,
    GENERAL,
    PER_PLACE,
    PER_TOPIC,
    caption_pool,
    sentence_pool,
)
from pipelines.sample_world.streams import stream
from pipelines.sample_world.words import words

IntArray = npt.NDArray[np.int64]

HOST = "https://pauta.example"
SENTENCES = (9, 28)  # of a body
PARAGRAPH = 3  # sentences
BATCH = 16_384  # articles whose bodies are made at once
TAILS = ("", "; entenda", "; veja o que muda", "; saiba mais", "; veja lista", " e gera debate", " pela primeira vez")
ACCENTS = {"á": "a", "à": "a", "â": "a", "ã": "a", "é": "e", "ê": "e", "í": "i", "ó": "o", "ô": "o", "õ": "o"}
ACCENTS |= {"ú": "u", "ç": "c", "ñ": "n"}


def headlines(seed: int, catalog: Catalog) -> pl.DataFrame:
    """title and url of every article, in the catalog's order; every url is another.

    Args:
        seed: of the world.
        catalog: all articles.

    Returns:
        (articles) with String columns ``title`` and ``url``.
    """
    rng, count = stream(seed, "headlines"), len(catalog.ids)
    actor, act, thing, term = (_phrases(rng, catalog.topic, part) for part in ("actors", "acts", "things", "terms"))
    second_act, second_thing = (_phrases(rng, catalog.topic, part) for part in ("acts", "things"))
    form = pl.Series(rng.random(count))
    tail = pl.Series(TAILS).gather(rng.integers(len(TAILS), size=count))
    names = pl.Series([*(place.name for place in words().places), None]).gather(
        _from_end(catalog.place, len(words().places))
    )
    frame = pl.DataFrame(
        {"actor": actor, "act": act, "thing": thing, "term": term, "act2": second_act, "thing2": second_thing}
    ).with_columns(form=form, tail=tail, place=pl.when(names.is_not_null()).then(" em " + names).otherwise(pl.lit("")))
    core = pl.concat_str(["actor", "act", "thing"], separator=" ")
    title = (
        pl.when(pl.col("form") < 0.45)
        .then(pl.concat_str([core, "place", "tail"]))
        .when(pl.col("form") < 0.75)
        .then(pl.concat_str([core, pl.lit(" e "), "act2", pl.lit(" "), "thing2", "place"]))
        .otherwise(pl.concat_str(["term", pl.lit(": "), core, "place"]))
    )
    frame = frame.select(title=pl.concat_str([title.str.slice(0, 1).str.to_uppercase(), title.str.slice(1)]))
    return frame.with_columns(url=_urls(catalog, frame["title"]))


def bodies(seed: int, catalog: Catalog, rows: IntArray) -> Iterator[tuple[IntArray, pl.Series, pl.Series]]:
    """Captions and bodies of articles, in batches.

    Args:
        seed: of the world.
        catalog: all articles.
        rows: int64 (articles), rows of the catalog whose texts are wanted.

    Returns:
        batches in the order of ``rows``: int64 (batch) rows, String (batch) captions, String (batch) bodies.
    """
    rng = stream(seed, "bodies")
    phrases = Random(int(rng.integers(2**62)))  # plain Python, faster than NumPy for single draws
    pool, captions = pl.Series(sentence_pool(phrases)), pl.Series(caption_pool(phrases))
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        caption = captions.gather(catalog.topic[batch] * CAPTIONS + rng.integers(CAPTIONS, size=len(batch)))
        yield batch, caption, _bodies(rng, catalog, batch, pool)


def _bodies(rng: np.random.Generator, catalog: Catalog, rows: IntArray, pool: pl.Series) -> pl.Series:
    length = rng.integers(*SENTENCES, size=len(rows), endpoint=True)
    picks = _sentence_rows(rng, catalog, rows)
    paragraphs = []
    for start in range(0, SENTENCES[1], PARAGRAPH):
        columns = [
            pool.gather(picks[:, place]).alias(str(place))
            if place < SENTENCES[0]
            else pool.gather(pl.Series(picks[:, place]).set(pl.Series(length <= place), None)).alias(str(place))
            for place in range(start, min(start + PARAGRAPH, SENTENCES[1]))
        ]
        text = pl.select(pl.concat_str(columns, separator=" ", ignore_nulls=True)).to_series()
        paragraphs.append(text.set(text == "", None).alias(f"p{start}"))
    return pl.select(pl.concat_str(paragraphs, separator="\n\n", ignore_nulls=True)).to_series()


def _sentence_rows(rng: np.random.Generator, catalog: Catalog, rows: IntArray) -> IntArray:
    """int64[len(rows), SENTENCES[1]]: seven of ten sentences are about the topic, the others about place or nothing."""
    shape = (len(rows), SENTENCES[1])
    kind, place = rng.random(shape), catalog.place[rows][:, None]
    first_place = len(words().topics) * PER_TOPIC
    first_general = first_place + len(words().places) * PER_PLACE
    about_topic = catalog.topic[rows][:, None] * PER_TOPIC + rng.integers(PER_TOPIC, size=shape)
    about_place = first_place + place * PER_PLACE + rng.integers(PER_PLACE, size=shape)
    about_nothing = first_general + rng.integers(GENERAL, size=shape)
    local = (kind > 0.84) & (place >= 0)
    picks: IntArray = np.where(kind < 0.7, about_topic, np.where(local, about_place, about_nothing))
    picks[:, 0] = about_topic[:, 0]
    return picks


def _phrases(rng: np.random.Generator, topic: IntArray, part: str) -> pl.Series:
    lists: list[tuple[str, ...]] = [getattr(entry, part) for entry in words().topics]
    sizes = np.array([len(phrases) for phrases in lists])
    first = np.cumsum(sizes) - sizes
    rows = first[topic] + np.floor(rng.random(len(topic)) * sizes[topic]).astype(np.int64)
    return pl.Series([phrase for phrases in lists for phrase in phrases]).gather(rows)


def _from_end(rows: IntArray, last: int) -> IntArray:
    return np.where(rows < 0, last, rows)


def _urls(catalog: Catalog, title: pl.Series) -> pl.Series:
    vocabulary = words()
    national = [f"/{topic.section}" for topic in vocabulary.topics[: vocabulary.n_national]]
    local = [f"/{place.state}/{place.slug}" for place in vocabulary.places]
    path = np.where(catalog.place < 0, catalog.topic, vocabulary.n_national + catalog.place)
    slug = title.str.to_lowercase().str.replace_many(ACCENTS).str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")
    number = pl.Series(np.arange(len(title))).cast(pl.String)  # two articles of one title and day stay two urls
    day = pl.Series(catalog.issued_ms).cast(pl.Datetime("ms")).dt.strftime("/noticia/%Y/%m/%d/")
    parts = [
        pl.lit(HOST),
        pl.Series([*national, *local]).gather(path),
        day,
        slug,
        pl.lit("-"),
        number,
        pl.lit(".ghtml"),
    ]
    return pl.select(pl.concat_str(parts)).to_series()
