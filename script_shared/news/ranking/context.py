"""The context of one request: its user, content and moment, and which articles may be shown to this user."""

from dataclasses import dataclass, field, replace
from math import inf

from script_shared.clock import Clock
from script_shared.events.person import session_name
from script_shared.news.catalog.availability import Availability, Bars
from script_shared.news.catalog.catalog_rows import CatalogRows
from script_shared.news.model import NewsModel
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.ranking.degradation import Degradation
from script_shared.news.ranking.query import Query
from script_shared.news.rules.rule_book import RuleBook
from script_shared.news.rules.rule_set import RuleSet

MAX_AGE_HOURS = 168.0  # without a release


@dataclass(frozen=True)
class RequestContext:
    """One request, and the limits of its answer.

    Attributes:
        now_ms: the moment of the request, epoch milliseconds, UTC.
        bars: articles that it excludes.
        available: the availability of all articles at that moment.
        max_age_hours: age at which articles usually expire; ``available`` has no such limit if all have expired.
        rules: the editors' rules at that moment.
    """

    query: Query
    now_ms: int
    bars: Bars
    available: Availability
    max_age_hours: float
    rules: RuleSet = field(default_factory=RuleSet)

    def under(self, rules: RuleSet) -> "RequestContext":
        """The same request under other rules."""
        return replace(self, rules=rules, available=replace(self.available, withheld=rules.withheld))

    def available_ids(self, article_ids: list[str]) -> list[str]:
        """The articles that may be shown.

        Args:
            article_ids: in any order, which the result keeps.
        """
        return list(self.available.sift(article_ids, self.bars))

    @property
    def only_older(self) -> bool:
        """Whether all articles of the release have expired."""
        return self.available.max_age_hours != self.max_age_hours


class Contexts:
    """Creates the contexts of requests.

    Args:
        model: None before the first release.
        rows: finds articles in the model's catalog.
        max_shown: impressions after which an article is no longer shown to a user.
        book: the rules of the editors.
    """

    def __init__(
        self,
        model: NewsModel | None,
        newsroom: Newsroom,
        rows: CatalogRows,
        clock: Clock,
        max_shown: int,
        book: RuleBook | None = None,
    ) -> None:
        self._model, self._newsroom, self._rows, self._book = model, newsroom, rows, book or RuleBook()
        self._clock, self._max_shown = clock, max_shown
        self._catalog = model.catalog if model is not None else None
        self._max_age = model.params.pool.max_age_hours if model is not None else MAX_AGE_HOURS

    def available(self) -> Availability:
        """The availability of articles now."""
        now_ms = self._clock.now_ms()
        only_older = self._model is not None and self._model.only_older(now_ms)
        max_age = inf if only_older else self._max_age
        withheld = self._book.at(now_ms).withheld
        return Availability(self._catalog, self._newsroom.editorial, now_ms, max_age, self._rows, withheld)

    def of(self, query: Query, degraded: Degradation) -> RequestContext:
        """The context of a request now.

        Args:
            query: the request.
            degraded: notes ``live_state`` if it fails; impressions and reads of the live state are then unknown.
        """
        available = self.available()
        read, too_often = set[str](), set[str]()
        known = known_reads(self._model, self._newsroom, query) if self._model is not None else frozenset[int]()
        with degraded.part("live_state"):
            read, too_often = self._read_and_shown(query)
        bars = Bars(
            read=frozenset(query.history) | read,
            read_rows=known,
            excluded={*query.exclude, query.context_item},
            pages=query.pages,
            too_often=too_often,
            section=query.section,
            tag=query.tag,
            max_age_hours=query.max_age_hours,
        )
        rules = self._book.at(available.now_ms)
        return RequestContext(query, available.now_ms, bars, available, self._max_age, rules)

    def _read_and_shown(self, query: Query) -> tuple[set[str], set[str]]:
        """What the user read, in this visit also before the login, and what was shown to the user too often."""
        shown = self._newsroom.reads.shown_to(query.user, query.session)
        too_often = {article for article, count in shown.items() if count >= self._max_shown}
        read = self._newsroom.reads.read_by(query.user, query.session)
        if query.user and query.session:
            read |= self._newsroom.reads.read_by("", query.session)
        return read, too_often


def known_reads(model: NewsModel, newsroom: Newsroom, query: Query) -> frozenset[int]:
    """Rows of the catalog that a user read, or a visit without a user, as far as the release knows.

    Reads of erased users are left out.

    Args:
        model: the release.
        newsroom: knows who was erased.
        query: its user and its session.

    Returns:
        rows of the release's catalog, which are not those of the live state.
    """
    rows: set[int] = set()
    for name in (query.user, session_name(query.session)):
        if name and newsroom.knows_reader(name):
            rows.update(model.readers.read_by(name))
    return frozenset(rows)
