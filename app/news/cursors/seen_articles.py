"""A page's cursor: marks of all articles on the pages so far, so that no page repeats one and no server keeps it.

The last article is named, too, because rules may keep the first one of the next page apart from it.
"""

import base64
import binascii
import struct
from collections.abc import Sequence
from typing import NamedTuple

from script_shared.errors import RequestError
from script_shared.news.catalog.availability import mark

MOST = 1000  # articles that can be paged through
_VERSION, _BEFORE = b"2", b"1"  # of the cursors, and of those that earlier versions of the service wrote


class CursorState(NamedTuple):
    """What a cursor says: the marks, and the id of the last article, "" if it is unknown."""

    marks: frozenset[int] = frozenset()
    last: str = ""


def write(before: frozenset[int], article_ids: Sequence[str]) -> str | None:
    """The cursor after a page; None when there are too many articles behind it.

    Args:
        before: marks of the pages before, as ``read`` gives them.
        article_ids: articles of this page.

    >>> read(write(frozenset([7]), ["a"])) == (frozenset([7, mark("a")]), "a")
    True
    """
    marks = sorted(before | {mark(article_id) for article_id in article_ids})
    if len(marks) > MOST:
        return None
    packed = struct.pack(f"<H{len(marks)}I", len(marks), *marks)
    last = article_ids[-1].encode() if article_ids else b""
    return base64.urlsafe_b64encode(_VERSION + packed + last).decode().rstrip("=")


def read(cursor: str) -> CursorState:
    """What a cursor says.

    Args:
        cursor: as a request sends it; "" for the first page.

    Raises:
        RequestError: it is no cursor of this service.
    """
    if not cursor:
        return CursorState()
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, rest = content[:1], content[1:]
        if version == _BEFORE:
            return CursorState(frozenset(struct.unpack(f"<{len(rest) // 4}I", rest)))
        if version != _VERSION:
            raise ValueError("another version")
        (count,) = struct.unpack_from("<H", rest)
        return CursorState(frozenset(struct.unpack_from(f"<{count}I", rest, 2)), rest[2 + 4 * count :].decode())
    except (binascii.Error, ValueError, struct.error) as error:
        raise RequestError(
            "cursor: is not a valid cursor of this service.", fix="Use `next` of the previous page."
        ) from error
