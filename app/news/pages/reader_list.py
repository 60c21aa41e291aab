"""One reader's list for the pages: nobody is counted, and nothing is remembered of it."""

from itertools import islice
from typing import Annotated, Any

from pydantic import Field

from app.http.question import Question
from app.news.article_facts import NOBODY, ArticleFacts
from app.news.experiments.variant_release import variant_release
from app.news.pages.explained import parts_of
from app.news.releases.news_release import NewsRelease
from app.news.service import NewsService
from app.news.text_fields import Id, Label
from script_shared.errors import RequestError, UnavailableError
from script_shared.experiments.experiment import Variant
from script_shared.news.ranking.query import LiveItem, Query
from script_shared.news.serving.most_read import most_read
from script_shared.times import iso

IN_SERVICE, WITHOUT_RANKER, WITHOUT_RULES = "in_service", "without_ranker", "without_rules"
MOST_READ = "most_read"
SIDES = (IN_SERVICE, WITHOUT_RANKER, WITHOUT_RULES, MOST_READ)
CHANGED = {
    WITHOUT_RANKER: Variant(name="without_ranker", ranker=False),
    WITHOUT_RULES: Variant(name="without_rules", rules=False),
}
WINDOW = "1h"
LOOKED_AT = 500  # most read articles that a list looks at


class ReaderQuery(Question):
    """A reader as the pages describe one.

    Attributes:
        side: who makes the list: one of ``SIDES``, or a variant of a running experiment, as ``experiment/variant``.
    """

    user: Id = ""
    history: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)
    section: Label = ""
    context: Id = ""
    n: int = Field(13, ge=1, le=50)
    side: Annotated[str, Field(max_length=200)] = IN_SERVICE
    explain: bool = False


def side_of(service: NewsService, wanted: ReaderQuery) -> NewsRelease:
    """What makes the list of a side.

    Args:
        service: the parts of news.
        wanted: names the side.

    Returns:
        A release, which may be the one in service with something changed.

    Raises:
        UnavailableError: no release is in service, or that of the variant is not loaded yet.
        RequestError: there is no such side.
    """
    served, side = service.live.require(), wanted.side
    if side in SIDES:
        return variant_release(served, CHANGED[side]) if side in CHANGED else served
    if side not in service.experiments.variants:
        raise RequestError(f"side: {side!r} is unknown.", fix=f"Use one of: {', '.join(SIDES)}.")
    found = service.experiments.variant(side, served)
    if found is None:
        raise UnavailableError("The release of this variant is being loaded.", fix="Try again in a few seconds.")
    return found


def reader_list(served: NewsRelease, wanted: ReaderQuery) -> dict[str, Any]:
    """A list with everything that the pages show.

    Args:
        served: what makes the list, from ``side_of``.
        wanted: reader and list.

    Returns:
        JSON values: ``items`` with title, section, reason, score and parts of the score; segment, source, release.
    """
    facts = ArticleFacts.now(served.recommender)
    query = Query(
        wanted.user,
        history=tuple(wanted.history),
        n=wanted.n,
        section=wanted.section,
        context_item=wanted.context,
        explain=wanted.explain,
    )
    found, source, segment = _most_read(facts, query) if wanted.side == MOST_READ else _answer(served, query)
    return {
        "segment": segment,
        "source": source,
        "release": served.release,
        "now": iso(facts.available.now_ms),
        "items": [_item_view(facts, item) for item in found],
    }


def sections_of(served: NewsRelease, most: int = 10) -> list[str]:
    """The sections that are read most, for the navigation of the front page.

    Args:
        served: the release in service.
        most: sections at most.
    """
    facts, counts = ArticleFacts.now(served.recommender), dict[str, float]()
    state, available = served.recommender.newsroom.state, facts.available
    if state is None:
        return []
    for read in islice(most_read(state, "24h", available.now_ms, within=None, region=""), LOOKED_AT):
        if name := available.section(read.article_id, available.rows.row(read.article_id)):
            counts[name] = counts.get(name, 0.0) + read.clicks
    return sorted(counts, key=lambda name: -counts[name])[:most]


def _answer(served: NewsRelease, query: Query) -> tuple[list[LiveItem], str, str]:
    answer = served.recommender.answer(query)
    return answer.items, answer.source, answer.segment


def _most_read(facts: ArticleFacts, query: Query) -> tuple[list[LiveItem], str, str]:
    """The plain list that everybody would get, without what the reader just read."""
    state, available = facts.recommender.newsroom.state, facts.available
    within = facts.recommender.sections.within(query.section) if query.section else None
    if state is None:
        return [], MOST_READ, ""
    left_out = {*query.history, query.context_item}
    reads = islice(most_read(state, WINDOW, available.now_ms, within=within, region=""), LOOKED_AT)
    found = (
        LiveItem(read.article_id, round(read.share, 4), "", MOST_READ)
        for read in reads
        if read.article_id not in left_out and not available.refusal(read.article_id, NOBODY)
    )
    return list(islice(found, query.n)), MOST_READ, ""


def _item_view(facts: ArticleFacts, item: LiveItem) -> dict[str, Any]:
    listed = facts.metadata(item.article_id)
    parts = [part._asdict() for part in parts_of(item.explain)] if item.explain else []
    kept = {name: listed[name] for name in ("page", "title", "url", "issued", "section")}
    return {**kept, "score": item.score, "reason": item.reason, "source": item.source, "parts": parts}
