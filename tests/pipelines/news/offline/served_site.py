"""A site with drawn lists, whose users have planted preferences: a real release serves, and clicks are logged."""

import random
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from script_shared.clock import Clock
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.served_list import SEED, ServedList
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.query import Query
from script_shared.news.serving.cluster_assignment import assignment_of
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.serving_params import RandomizationParams
from script_shared.news.state.state import LiveState
from script_shared.params import load_params
from tests.app.releases_made import NOW_MS

PARAMS = load_params(
    NewsParams, FILE, ["live.articles=64", "live.known_articles=500", "live.readers=500", "serving.trusted_clicks=5"]
)
DRAWS = RandomizationParams(share=0.8, places=4, extra=2, temperature=4.0)
STEP_MS = 20_000


def appeal(article: str) -> float:
    """The planted probability of a click on an article in a list, whatever its place."""
    return (0.02, 0.04, 0.3)[blake2b(article.encode(), digest_size=1).digest()[0] % 3]


@dataclass
class Site:
    """Serves lists of a release and appends what users do.

    Attributes:
        log: the event log; uri: its address.
        recommender: of the release that serves.
        lists: as they were served.
    """

    uri: str
    log: EventLog
    recommender: LiveRecommender
    lists: list[ServedList] = field(default_factory=list)
    now_ms: int = NOW_MS
    _entries: list[Entry] = field(default_factory=list)

    @classmethod
    def of(cls, release: Path, uri: str, draws: RandomizationParams = DRAWS) -> "Site":
        """A release over an empty log."""
        model = NewsModel.load(release, "served")
        model.clock = Clock("data", NOW_MS)
        newsroom = Newsroom(LiveState(PARAMS.live))
        assert newsroom.state is not None
        newsroom.state.clusters.assignment = assignment_of(model)
        newsroom.run_on(NOW_MS, 10**12)
        serving = PARAMS.serving.model_copy(update={"randomization": draws})
        return cls(uri, EventLog(uri), LiveRecommender(model, newsroom, None, serving))

    def serve(self, count: int, users: int, seed: int = 1) -> None:
        """Serve lists to random users, one after the other, and append their clicks."""
        draw = random.Random(seed)
        for number in range(count):
            self.now_ms += STEP_MS
            self.recommender.clock.advance(self.now_ms)
            user, session = f"u{draw.randrange(users)}", ""
            region = ("sp", "rj")[int(user[1:]) % 2]
            key = draw.randbytes(12)
            answer = self.recommender.answer(Query(user, session, region, n=10, seed=key[:SEED]))
            pages = [item.article_id for item in answer.items]
            served = ServedList(
                key, self.now_ms, user, session, answer.segment, answer.source, "v1", pages, draw=answer.draw
            )
            self.lists.append(served)
            for page in pages:
                if draw.random() < appeal(page):
                    self.click(f"c{number}-{page}", user, page, region=region, answer_id=key.hex())
        self.write()

    def write(self) -> None:
        """Write everything into the log."""
        known = self.log.served.head()
        self.log.served.write(self.lists[known:], seen=0)
        self.log.append(self._entries)
        self._entries.clear()

    def click(self, name: str, user: str, page: str, *, at_ms: int = 0, **body: str) -> None:
        """Note a click that ``write`` appends, and let the release that serves know it."""
        self.now_ms += 1
        newsroom = self.recommender.newsroom
        entry = Entry(name, Kind.CLICK, at_ms or self.now_ms, user, page, {"proof": "answer", **body})
        self._entries.append(entry)
        newsroom.apply([replace(entry, seq=newsroom.seq + 1)], after=newsroom.seq)
