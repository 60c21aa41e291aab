"""Rules in a replay: read as they held, and their effect on the rank of the article that was clicked."""

from pathlib import Path

from pipelines.news.replay.figures import MISSED
from pipelines.news.replay.models import answering
from pipelines.news.replay.past_rules import past_rules
from pipelines.news.replay.walk import Request
from script_shared.events import EventLog
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.query import Query
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_store import RuleStore
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.state import LiveState
from tests.app.releases_made import NOW_MS, make_release
from tests.script_shared.news.rules.rules_made import pin, rule
from tests.script_shared.news.serving.recommender_made import LIVE, SERVING, busy


def test_rules_of_the_window_are_read_from_the_log(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'events.db'}"
    assert past_rules(address, 0, NOW_MS) == []
    log = EventLog(address)
    store = RuleStore(log.rules)
    made = store.add(pin("a1", 1, start_ms=NOW_MS - 1000), "token:ana")
    store.add(pin("a2", 1, start_ms=NOW_MS - 9000, end_ms=NOW_MS - 8000), "token:ana")
    log.close()
    assert past_rules(address, NOW_MS - 5000, NOW_MS) == [made]


def test_a_log_that_is_unreachable_leaves_the_figure_out() -> None:
    assert past_rules("postgresql+psycopg2://nobody@127.0.0.1:9/none", 0, NOW_MS) == []


def test_a_pin_raises_the_rank_of_the_clicked_article_and_a_takedown_makes_it_missed(tmp_path: Path) -> None:
    model, room = NewsModel.load(make_release(tmp_path / "made"), "v1"), Newsroom(LiveState(LIVE))
    room.apply(busy())
    request = Request(0, Query("nobody"), "a40")
    ranks = [
        answering(LiveRecommender(model, room, None, SERVING, rules=RuleBook(rules, 1)), 20)(request)
        for rules in ([], [pin("a40", 1)], [rule("take_down", "article a40")])
    ]
    assert 0 < ranks[0] < MISSED
    assert ranks[1:] == [0, MISSED]
