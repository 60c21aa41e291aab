"""Plain lists in a replay: the same availability as every model, and nothing that the reader has read."""

import numpy as np
import pytest

from pipelines.news.replay_figures import MISSED
from pipelines.news.replay_models import Alive, most_read
from pipelines.news.walk import Walk
from script_shared.clock import HOUR_MS
from script_shared.events import Kind
from script_shared.news.live.event import LiveEvent
from script_shared.news.live.newsroom import Newsroom
from script_shared.news.live.query import Query
from script_shared.news.live.state import LiveState
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params

NOW_MS = 1_700_000_000_000
ISSUED_MS = {"old": NOW_MS - 200 * HOUR_MS, "first": NOW_MS - HOUR_MS, "second": NOW_MS - HOUR_MS, "later": NOW_MS + 1}


@pytest.fixture(scope="module")
def walk() -> Walk:
    """Most clicks go to an expired article, then to one not published yet, then first, second and an unknown one."""
    room = Newsroom(LiveState(load_params(NewsParams, FILE, ["live.articles = 64"]).live))
    counts = {"old": 9, "later": 8, "first": 5, "second": 3, "unknown": 7}
    readers = [(f"{article}-{turn}", article) for article, count in counts.items() for turn in range(count)]
    assert room.state is not None
    room.state.fold([LiveEvent(Kind.CLICK, reader, article, NOW_MS - 1000) for reader, article in readers])
    return Walk(None, room, 0)  # type: ignore[arg-type]  # nothing is folded on


@pytest.mark.parametrize(
    ("reader", "article", "rank"),
    [
        ("somebody", "first", 0),
        ("somebody", "second", 1),
        ("first-0", "second", 0),
        ("somebody", "old", MISSED),
        ("somebody", "later", MISSED),
        ("somebody", "unknown", MISSED),
        ("somebody", "never clicked", MISSED),
    ],
)
def test_the_most_read_are_counted_over_what_may_be_shown_to_the_reader(
    walk: Walk, reader: str, article: str, rank: int
) -> None:
    model = most_read(walk, "10m", Alive(walk, ISSUED_MS, 168))
    assert model(Query(user=reader), NOW_MS, article) == rank


def test_an_article_expires_while_time_goes_on(walk: Walk) -> None:
    alive = Alive(walk, ISSUED_MS, 168)
    used = walk.state.articles.used
    assert np.count_nonzero(alive.rows(used, NOW_MS)) == 2
    assert np.count_nonzero(alive.rows(used, NOW_MS + 1)) == 3
    assert np.count_nonzero(alive.rows(used, NOW_MS + 168 * HOUR_MS)) == 1
