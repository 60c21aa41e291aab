"""Browsers for tests, which log in and send forms as people do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx


class Browser(httpx.Client):
    """A client with a session.

    Attributes:
        landed: path and query of the page after the login.
    """

    landed = ""


@contextmanager
def log_in(client: httpx.Client, token: str, wanted: str = "") -> Iterator[Browser]:
    """A browser without any other header in which the holder of a token has logged in."""
    with Browser(base_url=client.base_url, timeout=client.timeout) as own:
        answer = own.post("login", data={"token": token, "next": wanted})
        assert answer.next_request is not None, answer.text
        own.landed = str(answer.next_request.url.raw_path, "ascii")
        yield own


def form_key(answer: httpx.Response) -> str:
    """The hidden field with which the forms of a page prove their origin."""
    found = re.search(r'name="form_key" value="([^"]*)"', answer.text)
    assert found, answer.text
    return found[1]


def text_of(answer: httpx.Response) -> str:
    """The text that a person reads."""
    return " ".join(re.sub("<[^>]+>", " ", answer.text).split())
