"""Builds the requests of both clients and judges their answers; nothing here sends anything."""

import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from pauta_client.answers import PautaError

MOST_EVENTS = 1000  # that the API takes at once
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class Options:
    """How a client works; see the README."""

    url: str
    token: str = ""
    key: str = ""
    batch_size: int = 100
    tries: int = 5
    timeout_seconds: float = 10.0

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= MOST_EVENTS:
            raise ValueError(f"batch_size must be between 1 and {MOST_EVENTS}")
        if self.tries < 1:
            raise ValueError("tries must be at least 1")


def event(kind: str, page: str, members: Mapping[str, Any]) -> dict[str, Any]:
    """An event with an id of its own; members that are None are left out.

    Raises:
        TypeError: a member cannot be written as JSON, such as a ``datetime``.
    """
    given = {name: value for name, value in members.items() if value is not None}
    made = {"event_id": uuid.uuid4().hex, "kind": kind, "page": page, **given}
    json.dumps(made)
    return made


def list_request(options: Options, parameters: Mapping[str, Any]) -> httpx.Request:
    """``POST /recommendations``: parameters are not part of the address, so no access log has them."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return request(options, "POST", "recommendations", given)


def events_request(options: Options, events: list[dict[str, Any]]) -> httpx.Request:
    """``POST /events``, signed if there is a key."""
    made = request(options, "POST", "events", events)
    if options.key:
        now = str(int(time.time()))
        digest = hmac.new(options.key.encode(), now.encode() + b"." + made.content, hashlib.sha256).hexdigest()
        made.headers["X-Pauta-Signature"] = f"t={now},v1={digest}"
    return made


def request(options: Options, method: str, path: str, body: Any = None) -> httpx.Request:
    """A request with the admin token, if there is one, and a JSON body."""
    headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body).encode()
    return httpx.Request(method, f"{options.url.rstrip('/')}/{path}", headers=headers, content=content)


def part(name: str) -> str:
    """An id as a part of an address."""
    return quote(name, safe="")


def pause(tried: int, answer: httpx.Response | None) -> float:
    """Seconds to wait before the next try: the answer's Retry-After, else doubled each time, with jitter."""
    asked = answer.headers.get("Retry-After", "") if answer is not None else ""
    seconds = float(asked) if asked.isdigit() else 0.2 * 2**tried * (0.5 + random.random())
    return min(seconds, LONGEST_PAUSE_SECONDS)


def judged(answer: httpx.Response) -> Any:
    """The content of a good answer.

    Raises:
        PautaError: the API refused.
    """
    try:
        content = answer.json() if answer.content else None
    except ValueError:
        content = None
    if answer.is_success:
        return content
    problem = content if isinstance(content, dict) else {}
    detail = problem.get("detail") or problem.get("title") or answer.reason_phrase
    raise PautaError(answer.status_code, detail, problem.get("errors"))


def unreachable(options: Options, error: Exception) -> PautaError:
    """The error for a request that got no answer."""
    return PautaError(0, f"{options.url} does not answer ({type(error).__name__}).")
