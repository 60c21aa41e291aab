"""The articles of the generated world: what they are about, when they come, how long they live."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.sample_world.circles import circles_of_articles
from pipelines.sample_world.streams import choose, hex_ids, stream
from pipelines.sample_world.words import REGIONAL, Words, words
from script_shared.clock import HOUR_MS
from script_shared.news.params import SampleParams

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

END_MS = 1_660_532_400_000  # 2022-08-15 03:00:00 UTC, midnight in Brasilia: the data's end
DAY_MS = 24 * HOUR_MS
ARCHIVE_START_MS = 1_406_775_600_000  # 2014-07-31
ARCHIVE_SHARE, LEAD_SHARE, REGIONAL_SHARE, UNREAD_SHARE = 0.04, 0.05, 0.42, 0.03
LEAD_MS = 2 * DAY_MS  # news already there when the window opens
# Chance of publication by local hour of the day.
NEWSROOM = np.array([2, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 8, 8, 9, 9, 9, 9, 9, 8, 7, 6, 5, 3], np.float64)


@dataclass(frozen=True)
class Catalog:
    """Articles in order of publication; the first ``archived`` ones are years old.

    Attributes:
        start_ms, end_ms: the window of the interactions.
        ids: page ids, UUIDs and a few other ones.
        issued_ms: int64[n], ascending.
        topic: int64[n], row of ``words().topics``.
        place: int64[n], row of ``words().places``, -1 for national articles.
        cell: int64[n], what tastes are about: the topic of a national article, or n_national + state of a regional one.
        appeal: float64[n], how much an article draws, 0 for those that nobody reads.
        life_hours: float64[n], the time in which interest falls to 1/e.
        circle: int64[n], row of ``CIRCLES``, the logged users whom it draws most, -1 for most; no text shows it.
    """

    start_ms: int
    end_ms: int
    archived: int
    ids: list[str]
    issued_ms: IntArray
    topic: IntArray
    place: IntArray
    cell: IntArray
    appeal: FloatArray
    life_hours: FloatArray
    circle: IntArray

    @property
    def n_cells(self) -> int:
        return words().n_national + len(words().states)


def make_catalog(params: SampleParams) -> Catalog:
    """Draw all articles of the world.

    Args:
        params: number of articles and days, and the seed.
    """
    rng, count = stream(params.seed, "catalog"), params.articles
    start_ms = END_MS - round(params.days * DAY_MS)
    archived = int(ARCHIVE_SHARE * count)
    topic, place = _subjects(rng, count)
    appeal = rng.lognormal(0.0, 1.1, count)
    appeal[rng.random(count) < UNREAD_SHARE] = 0.0
    life = np.clip(rng.lognormal(np.log(6.0), 0.5, count), 3.0, 12.0)
    issued = _publication_times(rng, start_ms, count, archived)
    cell = _cells(topic, place)
    ids = _ids(rng, count)
    circle = circles_of_articles(params.seed, count)
    return Catalog(start_ms, END_MS, archived, ids, issued, topic, place, cell, appeal, life, circle)


def topic_weights(vocabulary: Words) -> FloatArray:
    """float64[n_topics]: share of each topic; within a section the first topics are the larger ones."""
    weights = np.zeros(len(vocabulary.topics))
    rank: dict[str, int] = {}
    for row, topic in enumerate(vocabulary.topics):
        rank[topic.section] = rank.get(topic.section, 0) + 1
        share = REGIONAL_SHARE if topic.section == REGIONAL else 1 - REGIONAL_SHARE
        weights[row] = share * vocabulary.section_weights.get(topic.section, 1.0) * (1.3 - 0.15 * rank[topic.section])
    national = weights[: vocabulary.n_national]
    national *= (1 - REGIONAL_SHARE) / national.sum()
    weights[vocabulary.n_national :] *= REGIONAL_SHARE / weights[vocabulary.n_national :].sum()
    return weights


def _subjects(rng: np.random.Generator, count: int) -> tuple[IntArray, IntArray]:
    vocabulary = words()
    topic = choose(rng, topic_weights(vocabulary), count)
    per_state = np.array([sum(place.state == state for place in vocabulary.places) for state in vocabulary.states])
    rows = np.array([vocabulary.states.index(place.state) for place in vocabulary.places])
    place = choose(rng, (vocabulary.state_weights / per_state)[rows], count)
    return topic, np.where(topic < vocabulary.n_national, -1, place)


def _cells(topic: IntArray, place: IntArray) -> IntArray:
    vocabulary = words()
    states = np.array([vocabulary.states.index(entry.state) for entry in vocabulary.places])
    return np.where(place < 0, topic, vocabulary.n_national + states[place])


def _publication_times(rng: np.random.Generator, start_ms: int, count: int, archived: int) -> IntArray:
    lead = min(max(1, int(LEAD_SHARE * count)), count - archived)
    inside = count - archived - lead
    days = np.floor(rng.random(inside) * ((END_MS - start_ms) / DAY_MS)) * DAY_MS
    news = start_ms + (days + (choose(rng, NEWSROOM, inside) + rng.random(inside)) * HOUR_MS) % (END_MS - start_ms)
    old = ARCHIVE_START_MS + rng.random(archived) * (start_ms - 30 * DAY_MS - ARCHIVE_START_MS)
    before = start_ms - 1000 - rng.random(lead) ** 1.5 * LEAD_MS
    issued = np.sort(np.concatenate([old, before, news])).astype(np.int64)
    return issued // 1000 * 1000


def _ids(rng: np.random.Generator, count: int) -> list[str]:
    return [f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}" for text in hex_ids(rng, count, 16)]
