"""A request of a route that changes something, and the entry that it writes into the record of decisions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.app.airflow_double import Airflow
from tests.app.shell.sessions import form_key


@dataclass(frozen=True)
class Site:
    """A service with three use cases: ``client`` sends the admin's token, ``browser`` has logged in as admin."""

    client: httpx.Client
    browser: httpx.Client
    airflow: Airflow

    def made(self, method: str, path: str, **more: Any) -> Any:
        """The answer to an earlier request, which another request needs."""
        answer = self.client.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json()

    def form(self, path: str, **fields: str) -> httpx.Request:
        """A form as a page sends it."""
        key = form_key(self.browser.get("/operations/news/releases"))
        return self.browser.build_request("POST", path, data={"form_key": key, **fields})


@dataclass(frozen=True)
class Case:
    """A request of a route and its entry in the record.

    Attributes:
        what: kind of the one entry; "" for none.
        request: makes what is sent.
        why_none: why nothing is recorded.
    """

    what: str
    request: Callable[[Site], httpx.Request]
    why_none: str = ""


def sent(method: str, path: str, **more: Any) -> Callable[[Site], httpx.Request]:
    """A request that needs no other before it."""
    return lambda site: site.client.build_request(method, path, **more)


def form(path: str, **fields: str) -> Callable[[Site], httpx.Request]:
    """A form that needs no other request before it."""
    return lambda site: site.form(path, **fields)


def new_name() -> str:
    """A name that nothing else has."""
    return f"n{uuid4().hex[:12]}"


def api(method: str, path: str, make: Callable[[Site], str], **more: Any) -> Callable[[Site], httpx.Request]:
    """A request whose path has the name of something made before."""
    return lambda site: site.client.build_request(method, path.format(make(site)), **more)
