"""JSON answers as bytes, written without a check of what is sent."""

from typing import Any

import orjson
from fastapi import Response

MEDIA_TYPE = "application/json"


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Any JSON-able value as a response.

    Args:
        body: dicts, lists, texts, numbers, None; nan becomes null.
        status: HTTP status.
        headers: in addition to ``Content-Type``.
    """
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)
