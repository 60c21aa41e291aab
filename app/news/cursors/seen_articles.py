"""A page's cursor: marks of all articles on the pages so far, so that no page repeats one and no server keeps it."""

import base64
import binascii
import struct
from collections.abc import Iterable

from script_shared.errors import RequestError
from script_shared.news.catalog.availability import mark

MOST = 1000  # articles that can be paged through
_VERSION = b"1"


def write(before: frozenset[int], article_ids: Iterable[str]) -> str | None:
    """The cursor after a page; None when there are too many articles behind it.

    Args:
        before: marks of the pages before, as ``read`` gives them.
        article_ids: articles of this page.

    >>> sorted(read(write(frozenset([7]), ["a"]))) == sorted([7, mark("a")])
    True
    """
    marks = sorted(before | {mark(article_id) for article_id in article_ids})
    if len(marks) > MOST:
        return None
    return base64.urlsafe_b64encode(_VERSION + struct.pack(f"<{len(marks)}I", *marks)).decode().rstrip("=")


def read(cursor: str) -> frozenset[int]:
    """The marks in a cursor.

    Args:
        cursor: as a request sends it; "" for the first page.

    Raises:
        RequestError: it is no cursor of this service.
    """
    if not cursor:
        return frozenset()
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if content[:1] != _VERSION:
            raise ValueError("another version")
        return frozenset(struct.unpack(f"<{len(content) // 4}I", content[1:]))
    except (binascii.Error, ValueError, struct.error) as error:
        raise RequestError(
            "cursor: is not a valid cursor of this service.", fix="Use `next` of the previous page."
        ) from error
