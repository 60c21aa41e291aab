"""A small site with a real event log and real releases: readers click what is popular, lists are good or shuffled."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pipelines.news.use_case import NEWS
from pipelines.use_case import Context
from script_shared.clock import HOUR_MS
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.served_list import ServedList, answer_key
from script_shared.news.params import NewsParams
from script_shared.params import load_params
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.app.releases_made import ALIVE, NOW_MS, make_release

GUARD = ("guard.least_clicks = 150", "guard.tolerance = 0.02")


@dataclass
class Site:
    """Events and releases below one folder.

    Attributes:
        folder: of everything.
        changes: of params.
        now_ms: time of the next event.
    """

    folder: Path
    changes: tuple[str, ...] = GUARD
    now_ms: int = NOW_MS
    _number: int = 0
    _draw: Random = field(default_factory=lambda: Random(7))

    def __post_init__(self) -> None:
        self.settings = Settings(
            data_dir=self.folder / "data",
            models_uri=str(self.folder / "models"),
            evaluation_dir=self.folder / "evaluation",
            cache_dir=self.folder / "cache",
            mlflow_uri="off",
        )
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.log = EventLog(self.settings.events_address)
        self.releases = Releases(f"{self.settings.models_uri}/news")

    def context(self) -> Context:
        """Of a look."""
        return NEWS.context(self.settings, "guard", params=load_params(NewsParams, NEWS.params_file, self.changes))

    def promote(self, version: str, reason: str = "accepted by the gate", by: str = "pipeline") -> None:
        """Publish a release, if there is none of this name, and put it into service."""
        if version not in self.releases.versions():
            folder = make_release(self.folder / "made" / version, f"Title of {version}")
            self.releases.publish(folder, version)
        self.releases.promote(version, reason, by=by)

    def visits(self, release: str, count: int, *, good: bool) -> None:
        """Each of so many readers gets a list and clicks one article, a popular one most of the time.

        A good list has the popular articles first; a shuffled one has others, which nobody clicks.
        """
        alive = sorted(ALIVE)
        popular, others = alive[:10], alive[10:]
        lists, clicks = [], []
        for _ in range(count):
            self._number += 1
            user, at = f"u{self._number}", self.now_ms
            pages = popular if good else self._draw.sample(others[5:], 10)
            lists.append(ServedList(answer_key(user), at, user, "", "logged", "ranker", release, pages))
            article = self._draw.choice(popular) if self._draw.random() < 0.8 else self._draw.choice(others[:5])
            clicks.append(Entry(f"c{self._number}", Kind.CLICK, at + 1_000, user, article))
            self.now_ms += HOUR_MS // 600
        self.log.served.write(lists, seen=0)
        self.log.append(clicks)

    def close_look(self) -> None:
        """Let time pass, so that the next look reaches the newest click: a list that nobody clicks on."""
        self.now_ms += HOUR_MS // 30
        self._number += 1
        last = ServedList(answer_key(f"z{self._number}"), self.now_ms, "z", "", "logged", "ranker", "", [])
        self.log.served.write([last], seen=0)
