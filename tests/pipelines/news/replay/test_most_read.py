"""Plain lists in a replay: the same availability as every model, and nothing that the user has read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.most_read import MostRead, rows_of
from pipelines.news.replay.stream import Stream
from script_shared.clock import HOUR_MS
from tests.pipelines.news.replay.streams_made import made

NOW_MS = 1_700_000_000_000

ISSUED_MS = np.array([NOW_MS - 200 * HOUR_MS, NOW_MS - HOUR_MS, NOW_MS - HOUR_MS, NOW_MS + 1, NOW_MS - HOUR_MS])


def stream_of(clicks: list[tuple[int, int, int]]) -> Stream:
    """Clicks as (milliseconds before now, user, article)."""
    before, users, articles = (np.array(column) for column in zip(*sorted(clicks, reverse=True), strict=True))
    return made(NOW_MS - before, users, articles, users)


@pytest.mark.parametrize(
    ("user", "article", "rank"),
    [(99, 1, 0), (99, 2, 1), (10, 2, 0), (99, 0, MISSED), (99, 3, MISSED), (99, 4, MISSED)],
)
def test_the_most_read_are_counted_over_what_may_be_shown_to_the_user(user: int, article: int, rank: int) -> None:
    """Most clicks go to an expired article, then to one not published yet, then to the first and the second."""
    counts = {0: 9, 3: 8, 1: 5, 2: 3}
    clicks = [(1000, 10 * article + turn, article) for article, count in counts.items() for turn in range(count)]
    stream = stream_of([*clicks, (0, user, article)])
    place = len(stream) - 1
    plain = MostRead(stream, ISSUED_MS, 168, ["most_read_10m"])
    assert plain.ranks(place) == [rank]


def test_a_short_half_life_prefers_what_was_read_last_and_a_long_one_what_was_read_most() -> None:
    clicks = [(3 * HOUR_MS + turn, turn, 1) for turn in range(9)] + [(HOUR_MS + turn, turn, 2) for turn in range(3)]
    stream = stream_of([*clicks, (0, 50, 2)])
    plain = MostRead(stream, ISSUED_MS - 24 * HOUR_MS, 168, ["most_read_10m", "most_read_7d"])
    assert plain.ranks(len(stream) - 1) == [0, 1]


def test_counts_stay_right_over_more_half_lives_than_a_number_has_room_for() -> None:
    """A year of 10 minute half-lives: only the latest clicks are left, in the right order."""
    clicks = [(day * 24 * HOUR_MS + turn, day * 3 + turn, 1 + (turn > 0)) for day in range(365) for turn in range(3)]
    stream = stream_of([*clicks, (-1, 5000, 1)])
    plain = MostRead(stream, np.zeros(5), 1e9, ["most_read_10m", "most_read_7d"])
    for place in range(0, len(stream) - 1, 7):
        plain.fold_until(place)
    assert plain.ranks(len(stream) - 1) == [1, 1]
    assert np.isfinite(plain._sums).all()


def test_clicks_of_the_same_millisecond_are_not_known_yet() -> None:
    stream = stream_of([(5, 1, 1), (0, 2, 2), (0, 3, 2)])
    assert MostRead(stream, np.zeros(5), 1e9, ["most_read_1h"]).ranks(2) == [MISSED]


def test_two_rows_are_always_measured_and_those_that_have_to_be_beaten() -> None:
    assert rows_of(["most_read_7d", "most_read_1h"]) == ["most_read_10m", "most_read_1h", "most_read_7d"]


def plain_ranks(stream: Stream, issued_ms: np.ndarray, max_age_hours: float, place: int, half_life: float) -> int:
    """The same rank, computed from all articles and all clicks before the moment."""
    now = stream.time_ms[place]
    before = stream.time_ms < now
    weights = np.exp2((stream.time_ms[before] - stream.time_ms[0]) / half_life)
    sums = np.bincount(stream.article[before], weights, len(issued_ms))
    allowed = (issued_ms <= now) & (issued_ms >= now - max_age_hours * HOUR_MS)
    allowed[stream.article[before & (stream.user == stream.user[place])]] = False
    article = stream.article[place]
    known = allowed[article] and sums[article] > 0
    return int(((sums >= sums[article]) & allowed).sum()) - 1 if known else MISSED


@given(st.integers(0, 2**32))
def test_ranks_are_those_of_all_articles_and_all_earlier_clicks(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n, articles = 120, 12
    times = np.sort(NOW_MS + draw.integers(0, 60, n) * HOUR_MS // 4)
    issued = NOW_MS + draw.integers(-20, 16, articles) * HOUR_MS
    users = draw.integers(0, 9, n)
    stream = made(times, users, draw.integers(0, articles, n), users)
    rows = MostRead(stream, issued, 8.0, ["most_read_1h"])
    for place in range(n):
        assert rows.ranks(place) == [plain_ranks(stream, issued, 8.0, place, HOUR_MS)]
