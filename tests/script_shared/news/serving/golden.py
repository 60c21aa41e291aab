"""One seeded small world, a fixed snapshot of it, and the answers that a user of each segment gets.

After a change that is meant to change answers, write the file again and check its difference:
``python -m tests.script_shared.news.serving.golden``.
"""

import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from script_shared.clock import HOUR_MS
from script_shared.events import Entry, Kind
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.features import FEATURES, matrix
from script_shared.news.ranking.query import LiveAnswer, Query
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving.texts import Vectoriser
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import load_state, save_state
from script_shared.params import load_params
from tests.app.rankers import make_ranker
from tests.app.releases_made import NOW_MS, SECTIONS, make_release

EXPECTED = Path(__file__).with_name("golden.json")
PARAMS = load_params(NewsParams, FILE)
LIVE = PARAMS.live.model_copy(update={"articles": 64, "known_articles": 500, "readers": 200})
USERS = {"logged": "log0", "semi_logged": "semi0", "anonymous": "anon0"}
FEATURE_ROWS, DIGITS = 5, 4
CLICKS, HOURS, VISITS = 600, 5, 4
REGIONS, DEVICES, SYSTEMS, REFERRERS = ("sp", "rj", "mg"), ("mobile", "desktop"), ("android", "ios"), ("search", "home")


def log() -> list[Entry]:
    """Clicks and impressions of forty people and of two of the users, and two posts, in the log's order."""
    draw, entries = random.Random(11), []
    people = [f"person{number}" for number in range(40)] + [USERS["logged"], USERS["semi_logged"]]
    articles = range(10, 50)
    weights = [1 / (place + 2) for place in range(len(articles))]
    for number in range(CLICKS):
        time_ms = NOW_MS - HOURS * HOUR_MS + number * HOURS * HOUR_MS // CLICKS
        person = draw.randrange(len(people))
        kind = Kind.IMPRESSION if draw.random() < 0.2 else Kind.CLICK
        article = draw.choices(articles, weights)[0]
        body = {
            "session": f"{people[person]} {number * VISITS // CLICKS}",
            "region": REGIONS[person % 3],
            "device": DEVICES[person % 5 % 2],
            "os": SYSTEMS[person % 7 % 2],
            "referrer": REFERRERS[draw.randrange(2)],
            "section": SECTIONS[article % 3],
            "proof": "signed",
        }
        entries.append(Entry(f"e{number}", kind, time_ms, people[person], f"a{article}", body))
    for page, title in (("p0", "Futebol e café"), ("p1", "Eleição")):
        post = Entry(page, Kind.ARTICLE, NOW_MS - HOUR_MS, "", page, {"title": title, "section": "mundo"})
        entries.insert(CLICKS * 4 // 5, post)
    return [Entry(e.entry_id, e.kind, e.time_ms, e.user_id, e.article_id, e.body, seq) for seq, e in enumerate(entries)]


def recommender(folder: Path) -> LiveRecommender:
    """A release with a ranker, over a newsroom whose state was folded, saved and loaded again."""
    model = NewsModel.load(make_release(folder / "release"), "v1")
    vectoriser, entries = Vectoriser.of(model), log()
    assert vectoriser is not None
    folded = Newsroom(LiveState(LIVE))
    assert folded.state is not None
    folded.state.clusters.assignment = assignment_of(model)
    folded.apply(entries, vectoriser.vectors(entries))
    save_state(folded.state, folder / "live")
    room = Newsroom(load_state(folder / "live", LIVE), seq=folded.seq)
    room.remember([entry for entry in entries if entry.kind == Kind.ARTICLE])
    room.vectors.update(folded.vectors)
    for entry in entries:
        if entry.kind == Kind.CLICK:
            room.last_hour.add(entry.article_id, entry.time_ms)
    ranker = Ranker.load(make_ranker(folder / "ranker"))
    serving = PARAMS.serving.model_copy(update={"trusted_clicks": [150.0]})
    return LiveRecommender(model, room, ranker, serving)


def query_of(user: str, **more: Any) -> Query:
    """What the user's page asks for."""
    return Query(user, f"{user} {VISITS - 1}", "sp", "mobile", "android", n=8, explain=True, explore_slots=1, **more)


def answers(by: LiveRecommender) -> dict[str, Any]:
    """By segment: features of the first candidates, the list, a list narrowed in every way, the explanation."""
    found = {}
    for segment, user in USERS.items():
        plain = by.answer(query_of(user))
        narrowed = by.answer(
            query_of(user, history=("a12",), context_item="a11", exclude=("a10",), section="mundo", min_diversity=0.3)
        )
        assert plain.segment == segment
        offer = by.offer(query_of(user, context_item="a11"))
        assert offer.found is not None
        rows = matrix(offer.found)[:FEATURE_ROWS].tolist()
        found[segment] = {
            "features": [[round(value, DIGITS) for value in row] for row in rows],
            "list": _written(plain),
            "narrowed": _written(narrowed),
        }
    return found


def _written(answer: LiveAnswer) -> dict[str, Any]:
    items = [
        [item.article_id, round(item.score, DIGITS), item.reason, item.source, _rounded(item.explain)]
        for item in answer.items
    ]
    return {"source": answer.source, "degraded": answer.degraded, "popular": answer.popular, "items": items}


def _rounded(explain: dict[str, float] | None) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in (explain or {}).items()}


def write() -> None:
    """Write the expected answers, a line for each row of features and each item."""
    with TemporaryDirectory() as scratch:
        found = {"features": list(FEATURES), "answers": answers(recommender(Path(scratch)))}
    EXPECTED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
