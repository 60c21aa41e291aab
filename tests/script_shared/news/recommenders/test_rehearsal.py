"""Choosing how much personal parts count."""

import numpy as np
import pytest

from pipelines.news.as_of import snapshot_of
from script_shared.algorithms.histories import Batch, Candidates, Histories
from script_shared.clock import HOUR_MS
from script_shared.news.recommenders.rehearsal import Rehearsal
from tests.script_shared.news.releases_made import made, params

READERS, CANDIDATES = 50, 60
CHOICES = [[1.0, 0.0, 3.0]]


def rehearsal(wanted: np.ndarray) -> Rehearsal:
    _, data = made()
    candidates = Candidates(np.arange(CANDIDATES), np.zeros(CANDIDATES, int), 0)
    batch = Batch(np.arange(READERS), Histories.empty(READERS))
    return Rehearsal(snapshot_of(data, data.end_ms), candidates, batch, wanted, np.zeros_like(wanted))


def places(best: np.ndarray) -> np.ndarray:
    """Everybody wants the three candidates that a score puts first."""
    wanted = np.zeros((READERS, CANDIDATES), bool)
    np.put_along_axis(wanted, np.argsort(-best, axis=1)[:, :3], True, axis=1)
    return wanted


@pytest.fixture
def scores() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    popular = np.tile(rng.normal(0, 1, CANDIDATES), (READERS, 1)).astype(np.float32)
    return popular, rng.normal(0, 1, (READERS, CANDIDATES)).astype(np.float32)


def test_taste_counts_much_where_readers_follow_it(scores: tuple[np.ndarray, np.ndarray]) -> None:
    popular, taste = scores
    assert rehearsal(places(taste)).best(popular, [taste], CHOICES) == [3.0]


def test_taste_counts_nothing_where_everybody_reads_the_same(scores: tuple[np.ndarray, np.ndarray]) -> None:
    popular, taste = scores
    assert rehearsal(places(popular)).best(popular, [taste], CHOICES) == [0.0]


def test_the_first_choice_is_taken_where_nothing_was_read(scores: tuple[np.ndarray, np.ndarray]) -> None:
    popular, taste = scores
    assert rehearsal(np.zeros((READERS, CANDIDATES), bool)).best(popular, [taste], CHOICES) == [1.0]


def test_a_rehearsal_knows_nothing_of_the_hours_it_is_judged_on() -> None:
    _, data = made()
    known = snapshot_of(data, data.end_ms)
    some = Rehearsal.of(known, data.logged, params())
    start = data.end_ms - 12 * HOUR_MS
    assert some.before.reads.time_ms.max() <= start == some.candidates.now_ms
    assert (some.candidates.issued_ms <= start).all()
    assert data.logged[some.batch.rows].all()
    later = known.reads.since(start + 1)
    read = set(zip(later.user.tolist(), later.article.tolist(), strict=True))
    rows, columns = np.nonzero(some.wanted)
    assert len(rows) > 0
    pairs = zip(some.batch.rows[rows].tolist(), some.candidates.rows[columns].tolist(), strict=True)
    assert set(pairs) <= read
    assert not (some.wanted & some.barred).any()
