"""The hybrid's two personal parts: each finds what the other cannot."""

from dataclasses import replace

import numpy as np
import pytest

from script_shared.algorithms.histories import Batch, Candidates
from script_shared.news.readers.reads import Reads
from script_shared.news.readers.training_data import TrainingData
from script_shared.news.recommenders.hybrid import COLLABORATIVE, Hybrid, standardise
from tests.script_shared.news.releases_made import params

USERS, ARTICLES, OLD, READS = 120, 60, 48, 4  # reads of each topic
CIRCLES, TOPICS = 2, 3
WORDS = ("juros bolsa mercado", "gol torcida estádio", "vacina hospital médico")
NOW = 1_660_000_000_000
USER_CIRCLE, ARTICLE_CIRCLE = np.arange(USERS) % CIRCLES, np.arange(ARTICLES) % CIRCLES
TOPIC = np.arange(ARTICLES) // CIRCLES % TOPICS  # each topic has articles of both circles
NEW = np.arange(OLD, ARTICLES)  # read by a first few readers only, after the fit


def snapshot(pairs: np.ndarray) -> TrainingData:
    """Reads of one moment, so that popularity has no favourite; nothing tells of circles but who read what."""
    n = len(pairs)
    time_ms = np.full(n, NOW - 1000)
    ones, nowhere = np.ones(n, np.float32), np.full(n, -1, np.int16)
    reads = Reads(*pairs.T.astype(np.uint32), time_ms, ones, ones, ones, ones, ones, nowhere, nowhere)
    none = np.full(ARTICLES, -1, np.int16)
    issued = np.full(ARTICLES, NOW - 3_600_000)
    return TrainingData(NOW, np.ones(USERS, bool), issued, none, none, [], [], texts, reads)


def texts(rows: np.ndarray, characters: int) -> list[str]:
    return [WORDS[TOPIC[row]] for row in rows]


def read_by_circle() -> np.ndarray:
    """(reads, 2) everybody reads old articles of the own circle, as many of each topic: texts tell nothing at all."""
    rng = np.random.default_rng(3)
    pairs = [
        (user, article)
        for user in range(USERS)
        for topic in range(TOPICS)
        for article in rng.choice(
            np.flatnonzero((USER_CIRCLE[user] == ARTICLE_CIRCLE)[:OLD] & (TOPIC[:OLD] == topic)), READS, replace=False
        )
    ]
    return rng.permutation(np.array(pairs))


def first_reads() -> np.ndarray:
    """(reads, 2) four readers of each circle read its new articles."""
    return np.array(
        [(user, article) for article in NEW for user in range(8) if USER_CIRCLE[user] == ARTICLE_CIRCLE[article]]
    )


@pytest.fixture(scope="module")
def hybrid() -> Hybrid:
    """Fitted before the new articles had readers, then brought up to their first reads; both strengths are one."""
    members = np.ones(USERS, bool)
    old = read_by_circle()
    fitted = Hybrid.fit(snapshot(old), members, params())
    now = fitted.as_of(snapshot(np.concatenate([old, first_reads()])), members)
    return replace(now, strengths=(1.0, 1.0))


def share_of_own_circle(hybrid: Hybrid) -> float:
    """Of the four new articles shown first to readers who have read none of them; half of the new ones are theirs."""
    readers = np.arange(8, USERS)
    known = snapshot(np.concatenate([read_by_circle(), first_reads()])).histories()
    candidates = Candidates(NEW, np.full(len(NEW), NOW - 3_600_000), NOW)
    parts = hybrid.over(candidates)(Batch(readers, known.take(readers)))
    shown = NEW[np.argsort(-sum(part.values for part in parts), axis=1, kind="stable")[:, :4]]
    return float((ARTICLE_CIRCLE[shown] == USER_CIRCLE[readers][:, None]).mean())


def test_new_articles_are_found_through_their_first_readers_where_texts_tell_nothing(hybrid: Hybrid) -> None:
    assert share_of_own_circle(hybrid) > 0.9


def test_without_the_collaborative_part_a_circle_is_met_by_chance(hybrid: Hybrid) -> None:
    assert share_of_own_circle(replace(hybrid, strengths=(0.0, 1.0))) < 0.7


def test_the_part_that_found_an_article_is_the_reason_given(hybrid: Hybrid) -> None:
    candidates = Candidates(NEW, np.full(len(NEW), NOW - 3_600_000), NOW)
    known = snapshot(read_by_circle()).histories()
    own = next(
        part
        for part in hybrid.over(candidates)(Batch(np.array([20]), known.take(np.array([20]))))
        if COLLABORATIVE in part.reasons
    )
    mine = ARTICLE_CIRCLE[NEW] == USER_CIRCLE[20]
    assert own.values[0, mine].min() > own.values[0, ~mine].max()


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_part_with_a_missing_or_infinite_number_adds_nothing_for_its_user(number: float) -> None:
    with np.errstate(invalid="ignore"):
        found = standardise(np.array([[1.0, number, 2.0], [1.0, 2.0, 3.0], [4.0, 4.0, 4.0]], np.float32))
    assert found[0].tolist() == found[2].tolist() == [0.0, 0.0, 0.0]
    assert found[1, 2] > 1.0
