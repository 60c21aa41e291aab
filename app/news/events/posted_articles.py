"""What a newsroom that begins with a snapshot must know about the articles that were posted before the snapshot."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from script_shared.clock import HOUR_MS
from script_shared.events import EventLog
from script_shared.events.database.articles import ArticleRow
from script_shared.news.catalog.catalog import Catalog
from script_shared.news.catalog.own_vectors import MOST
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.serving.texts import Vectoriser
from script_shared.throttle import yield_cpu

SLACK_HOURS = 24.0  # a clock that was ahead by mistake may be put back


class PostedArticles:
    """Loads articles that may be shown from the snapshot on, and those that must not be; never all of them.

    The choice does not depend on when a process loads, so all processes of one release know the same articles.

    Args:
        catalog: the release's articles, None without any.
        alive_hours: age at which articles expire.
    """

    def __init__(self, log: EventLog, catalog: Catalog | None, alive_hours: float) -> None:
        self._log, self._catalog = log, catalog
        self._alive_ms = int((alive_hours + SLACK_HOURS) * HOUR_MS)

    def load(self, newsroom: Newsroom, vectoriser: Vectoriser | None) -> None:
        """Load editorial facts, the site's own vectors, and words of articles that the release lacks.

        Raises:
            UnavailableError: the log cannot be read.
        """
        self._log.articles.merge()
        since_ms, until = newsroom.snapshot_ms - self._alive_ms, newsroom.snapshot_seq
        rows = self._needed_rows(since_ms, until)
        changed = {row.article_id for row in rows if row.last_seq > until}  # rows also hold later changes
        newsroom.editorial.load(row for row in rows if row.article_id not in changed)
        rows = [row for row in rows if row.article_id not in changed]
        yield_cpu()
        for entries in self._log.articles.entries([row.vector_seq for row in rows if row.vector_seq][-MOST:]):
            for entry in entries:
                newsroom.editorial.take_vector(entry)
            yield_cpu()
        newsroom.remember(self._log.articles.posts(changed, until))
        if vectoriser is not None:
            self._vectorise(newsroom, vectoriser, [row for row in rows if row.begins_ms >= since_ms])

    def _needed_rows(self, since_ms: int, until: int) -> list[ArticleRow]:
        """Articles that are alive by their post or by the release, and withdrawn ones."""
        rows = {row.article_id: row for row in self._log.articles.needed_rows(since_ms, until)}
        if self._catalog is not None:
            alive = np.flatnonzero(np.asarray(self._catalog.issued_ms) >= since_ms).tolist()
            names = {self._catalog.ids.ids[row] for row in alive} - set(rows)
            rows |= {row.article_id: row for row in self._log.articles.rows_of(names, until)}
        return sorted(rows.values(), key=lambda row: row.first_seq)

    def _vectorise(self, newsroom: Newsroom, vectoriser: Vectoriser, rows: Sequence[ArticleRow]) -> None:
        lacking = [row for row in rows if self._catalog is None or self._catalog.ids.row(row.article_id) < 0]
        titles = {row.text_seq: row.facts.get("title") for row in lacking if row.text_seq}
        for entries in self._log.articles.entries(titles):
            texts = [replace(entry, body={**entry.body, "title": titles[entry.seq]}) for entry in entries]
            vectors = vectoriser.vectors(texts)
            newsroom.vectors.update({entry.article_id: vectors[entry.seq] for entry in texts})
            yield_cpu()
