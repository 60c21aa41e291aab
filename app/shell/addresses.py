"""Addresses of pages, relative to the page that links to them, so that they work under any path prefix."""

import re

from fastapi import Request

MOST_LENGTH = 500  # characters of an address to which a login returns
_WAY = re.compile(r"[A-Za-z0-9_][\w./%&=?~+-]*", re.ASCII)


def relative(request: Request, address: str = "") -> str:
    """An address of this service, such as ``students/page``, as seen from the page of a request."""
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    inside = path.removeprefix(request.scope.get("root_path", "").encode())
    return ("../" * (inside.count(b"/") - 1) + address) or "./"


def own_address(text: str) -> str:
    """The text if it is an address of this service, else "".

    Args:
        text: relative, as a request sends it.

    >>> own_address("students/page?group=1B"), own_address("//other.example/"), own_address("http://other.example/")
    ('students/page?group=1B', '', '')
    """
    return text if _WAY.fullmatch(text) and "//" not in text else ""
