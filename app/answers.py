"""Writes lists of recommendations as JSON bytes; the hot path, so nothing is built but what is sent."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import Request, Response

from app.dependencies import Service
from app.live import Served
from script_shared.news.model import Answer, NewsModel, Recommendation

MEDIA_TYPE = "application/json"


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Any JSON-able value as a response."""
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


def iso(ms: int) -> str:
    """Epoch milliseconds as ISO 8601, UTC.

    >>> iso(1660532400000)
    '2022-08-15T03:00:00Z'
    """
    return f"{datetime.fromtimestamp(int(ms) // 1000, UTC).isoformat()[:-6]}Z"


def items(model: NewsModel, recommendations: Iterable[Recommendation]) -> list[dict[str, Any]]:
    """The articles of a list with what a page shows of them."""
    catalog = model.catalog
    ids, urls, titles, issued = catalog.ids.ids, catalog.urls, catalog.titles, catalog.issued_ms
    return [
        {
            "page": ids[article],
            "url": urls[article],
            "title": titles[article],
            "issued": iso(issued[article]),
            "score": float(score),
            "reason": reason,
        }
        for article, score, reason in recommendations
    ]


def ask(
    service: Service, served: Served, user_id: str | None, n: int, history: list[str], exclude: list[str]
) -> tuple[Answer, float]:
    """The model's list and the seconds it took, counted."""
    started = time.perf_counter()
    answer = served.model.recommend(user_id, n, history=history, exclude=exclude)
    seconds = time.perf_counter() - started
    service.telemetry.recommended(
        answer.segment, answer.source, served.release, asked=n, given=len(answer.items), seconds=seconds
    )
    return answer, seconds


def front(request: Request, served: Served, answer: Answer) -> dict[str, Any]:
    """What every answer with a list says besides the list."""
    return {
        "segment": answer.segment,
        "source": answer.source,
        "release": served.release,
        "request_id": request.scope["request_id"],
        "generated_at": iso(served.model.clock.now_ms()),
    }
