"""Cursor of a list that is newest first: the place of the last article that was looked at."""

import base64
import binascii
import struct

from script_shared.errors import RequestError
from script_shared.news.catalog.newest import Place

_FORM = struct.Struct("<cqq")
_VERSION = b"p"


def write(place: Place) -> str:
    """The cursor behind a place.

    Args:
        place: of the last article of a page.

    >>> read(write(Place(-5, 7)))
    Place(age=-5, mark=7)
    """
    return base64.urlsafe_b64encode(_FORM.pack(_VERSION, *place)).decode().rstrip("=")


def read(cursor: str) -> Place:
    """The place in a cursor.

    Args:
        cursor: as a request sends it.

    Raises:
        RequestError: it is no cursor of this list.
    """
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, age, mark = _FORM.unpack(content)
        if version != _VERSION:
            raise ValueError("another version")
        return Place(age, mark)
    except (binascii.Error, ValueError, struct.error) as error:
        raise RequestError(
            "cursor: is not a valid cursor for this list.", fix="Use `next` of the previous page."
        ) from error
