"""Writes lists of recommendations as JSON bytes. This is the hot path, so it builds nothing else."""

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from fastapi import Request

from app.news.releases.news_release import NewsRelease
from app.news.service import NewsService
from script_shared.experiments.mark import Mark
from script_shared.news.ranking.query import LiveAnswer, LiveItem, Query
from script_shared.news.serving.answer_credits import ServedAnswer
from script_shared.news.serving.recommender import LiveRecommender
from script_shared.news.state.reader_key import reader_name
from script_shared.times import iso

_issued = lru_cache(20_000)(iso)  # the same few articles are shown again and again


def items(recommender: LiveRecommender, found: Iterable[LiveItem]) -> list[dict[str, Any]]:
    """The articles of a list with their display fields.

    Args:
        recommender: gives the display fields.
        found: the articles, in the order of the list.

    Returns:
        one JSON object for each article, in the same order.
    """
    return [_item(recommender, item) for item in found]


def _item(recommender: LiveRecommender, item: LiveItem) -> dict[str, Any]:
    shown = recommender.article_view(item.article_id)
    written = {
        "page": item.article_id,
        "url": shown.url,
        "title": shown.title,
        "issued": _issued(shown.issued_ms),
        "score": item.score,
        "reason": item.reason,
        "source": item.source,
    }
    return written if item.explain is None else {**written, "explain": item.explain}


def ask(
    service: NewsService, in_service: NewsRelease, request: Request, query: Query, *, drawn: bool = True
) -> tuple[NewsRelease, LiveAnswer, float]:
    """The list and the seconds it took; counted, and remembered so that clicks can be credited to it.

    Args:
        service: counts the answer and remembers it.
        in_service: the release in service.
        request: gets the id of the answer, and the variant of an experiment, in its scope.
        query: what was asked for.
        drawn: whether the params may let places of the list be drawn.

    Returns:
        the release that answered, which may be another one in an experiment; the answer, and the seconds that it took.
    """
    started = time.perf_counter()
    served, query, answer, mark = service.experiments.answer(in_service, query, drawn=drawn)
    seconds = time.perf_counter() - started
    answer.degraded.extend(part for part in service.intake.troubles if part not in answer.degraded)
    service.metrics.answers.count_list(answer, served.release, asked=query.n, seconds=seconds)
    pages = [item.article_id for item in answer.items]
    answer_id = service.day_keys.answer_id(reader_name(query.user, query.session), pages, query.seed)
    request.scope["answer_id"] = answer_id  # ours: clients send one X-Request-ID for many lists
    request.scope["variant"] = mark.name if mark is not None else ""
    service.experiments.remember(in_service, query, _served_answer(answer_id, served, query, answer, mark))
    return served, answer, seconds


def _served_answer(
    answer_id: str, served: NewsRelease, query: Query, answer: LiveAnswer, mark: Mark | None
) -> ServedAnswer:
    return ServedAnswer(
        answer_id=answer_id,
        user=query.user,
        session=query.session,
        time_ms=served.model.clock.now_ms(),
        segment=answer.segment,
        source=answer.source,
        release=served.release,
        items=[item.article_id for item in answer.items],
        sources=[item.source for item in answer.items],
        popular=answer.popular,
        draw=answer.draw,
        marks=(mark,) if mark is not None else (),
    )


def front(request: Request, served: NewsRelease, answer: LiveAnswer) -> dict[str, Any]:
    """The fields of an answer with a list, besides the list.

    Args:
        request: whose answer this is, after ``ask``.
        served: the release in service.
        answer: the list.

    Returns:
        JSON values by the names in docs/api.md.
    """
    return {
        "segment": answer.segment,
        "source": answer.source,
        "release": served.release,
        "variant": request.scope["variant"],
        "answer_id": request.scope["answer_id"],
        "request_id": request.scope["request_id"],
        "generated_at": iso(served.model.clock.now_ms()),
        "degraded": answer.degraded,
    }
