"""What the ceiling of the ranking benchmark sees in advance, and the table that it writes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.news.evaluation.rolling import RANKED, groups
from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.stream import Stream
from pipelines.news.replay.walk import Walk
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.benchmarks.peers import Past
from tests.benchmarks.ranking_ahead import AHEAD_MS, LIST_MS, Ahead
from tests.benchmarks.ranking_ceiling import (
    BEST,
    INFORMED,
    OFFERED,
    PEER,
    informed_rankers,
    note,
    write_ceiling,
)
from tests.benchmarks.ranking_day import Day
from tests.pipelines.news.replay.streams_made import made
from tests.script_shared.news.events_made import small_params

BEGIN = 1_000_000 * LIST_MS
SECOND = 1_000


@pytest.fixture
def ahead() -> Ahead:
    """Seven clicks on three articles: user 3 is logged, the others are anonymous; each user is in one session."""
    seconds = np.array([0, 10, 20, 30, 100, AHEAD_MS // SECOND + 5, AHEAD_MS // SECOND + 6])
    user, article = np.array([1, 2, 1, 3, 4, 2, 5]), np.array([0, 1, 1, 2, 1, 0, 0])
    stream = made(BEGIN + SECOND * seconds, user, article, user)
    return Ahead(Past(replace(stream, context={"region": np.array([0, 0, 0, 1, 1, 0, 0])})))


def test_only_other_users_clicks_after_the_moment_are_seen(ahead: Ahead) -> None:
    everybody, segment, place, region, following = ahead.next_clicks(0).tolist()
    assert everybody == [0, 2, 1]  # those of the next ten minutes
    assert segment == [0, 2, 0]
    assert place == [0, 2, 1]  # first clicks of a visit
    assert region == [0, 1, 0]
    assert following == [0, 0, 0]  # nothing was read before


def test_what_follows_the_article_read_last_is_seen(ahead: Ahead) -> None:
    assert ahead.before.tolist() == [-1, -1, 0, -1, -1, 1, -1]
    *_, following = ahead.next_clicks(5).tolist()
    assert following == [0, 0, 0]
    stream = ahead.stream
    again = replace(stream, session=np.where(stream.user == 5, 4, stream.session))
    *_, following = Ahead(Past(again)).next_clicks(5).tolist()
    assert following == [1, 0, 0]  # user 5 goes on to article 0 after article 1, too


def test_the_best_list_counts_the_clicks_of_its_segment_in_its_five_minutes(ahead: Ahead) -> None:
    assert ahead.around(4).tolist() == [1, 3, 0]
    assert ahead.around_of_others(2).tolist() == [0, 2, 0]
    assert ahead.around(3).tolist() == [0, 0, 1]
    assert ahead.around(5).tolist() == [2, 0, 0]


def test_articles_that_the_user_read_are_left_out_of_an_order(ahead: Ahead) -> None:
    clicks = np.array([5, 2, 2])
    assert ahead.rank(clicks, 2) == 0  # user 1 has read article 0
    assert ahead.rank(clicks, 3) == 2  # user 3 nothing, and the lower row wins ties
    assert ahead.rank(np.array([5, 0, 2]), 2) == MISSED


def waves(clicks: int = 600, wave: int = 20, articles: int = 30) -> Stream:
    """A click a minute, each by a new user; ``wave`` clicks in a row are on the same article, drawn by chance."""
    drawn = np.random.default_rng(1).integers(0, articles, clicks // wave).repeat(wave)
    drawn[:articles] = np.arange(articles)
    return made(BEGIN + 60 * SECOND * np.arange(clicks), np.arange(clicks), drawn, np.arange(clicks))


def test_the_table_has_every_row_with_its_lead_over_the_peer(tmp_path: Path) -> None:
    stream, params = waves(), load_params(NewsParams, FILE, ["ranker.min_rows_in_leaf=20", "ranker.trees=20"])
    live = small_params(articles=64, known_articles=100, readers=700, candidates=40)
    walk, ahead = Walk(stream, Newsroom(LiveState(live))), Ahead(Past(stream))
    rankers, places = informed_rankers(walk, np.arange(40, 400), ahead, params.ranker), np.arange(400, 600)
    ranks = note(walk, places, ahead, *rankers)
    assert (ranks[BEST] < 10).all()
    first = slice(None, None, 20)  # of each wave, when only the clicks to come tell the article
    assert ranks[INFORMED][first].mean() < 1
    assert ranks[RANKED][first].mean() > 5
    day = Day("2017-10-08", ranks, stream.user[places], groups(stream, places), np.ones(len(places), bool), [PEER])
    text = write_ceiling([day, day], tmp_path, 50, 7)
    assert all(f"| {name} |" in text for name in (PEER, RANKED, BEST, INFORMED, OFFERED))
    assert f"| clicks | {2 * len(places):,} |" in text
    assert (tmp_path / "ceiling.md").read_text() == text
