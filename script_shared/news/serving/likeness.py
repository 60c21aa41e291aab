"""How similar posted articles are to what was just read: by words, by the site's own vectors, and by tags."""

from collections.abc import Sequence

import numpy as np

from script_shared.arrays import FloatArray
from script_shared.clock import HOUR_MS
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import ServingParams
from script_shared.news.ranking.context import RequestContext
from script_shared.news.serving.texts import Texts


class Likeness:
    """Compares posted articles with those read; the measure with the highest similarity counts.

    Each measure has a least value in the params; what lies between that and 1 is stretched to 0..1, so that the
    measures can be compared.

    Args:
        texts: None where the release has no vocabulary.
    """

    def __init__(self, newsroom: Newsroom, texts: Texts | None, params: ServingParams) -> None:
        self._newsroom, self._texts, self._params = newsroom, texts, params

    def nearest(self, context: RequestContext) -> list[str]:
        """Ids of posted articles that are like what the user just read, most like first."""
        room, query, params = self._newsroom, context.query, self._params
        if not len(room.editorial):
            return []
        read = [*room.reads.latest_reads(query.user, query.session, 5), *query.history[-5:], query.context_item]
        since, issued_ms = context.now_ms - params.text_hours * room.pace * HOUR_MS, context.available.issued_ms
        read = [article for article in read if article]
        posted = (
            [article for article in self.comparable_articles(read) if issued_ms(article, -1) >= since] if read else []
        )
        likeness = self.of(posted, read)
        order = np.argsort(-likeness, kind="stable")[: params.text_candidates]
        return [posted[place] for place in order if likeness[place] >= 0.0]

    def comparable_articles(self, read: Sequence[str]) -> list[str]:
        """The articles that can be compared with those read, each once."""
        editorial = self._newsroom.editorial
        worded = self._newsroom.vectors if self._texts is not None else ()
        own = editorial.own if any(article in editorial.own for article in read) else ()
        return list(dict.fromkeys([*worded, *own, *editorial.tagged.sharing(read)]))

    def of(self, posted: Sequence[str], read: Sequence[str]) -> FloatArray:
        """(posted): from 0, just similar enough, to 1, the same; below 0 for the others.

        Args:
            posted: ids of posted articles.
            read: ids of what the user has read.
        """
        editorial, params = self._newsroom.editorial, self._params
        found = [
            _above(editorial.own.likeness(posted, read), params.min_vector_likeness),
            _above(editorial.tagged.likeness(posted, read), params.min_tag_likeness),
        ]
        if self._texts is not None:
            found.append(_above(self._texts.likeness(posted, read), params.min_likeness))
        best: FloatArray = np.maximum.reduce(found)
        return best


def _above(values: FloatArray, least: float) -> FloatArray:
    return (values - least) / max(1.0 - least, 1e-6)
