"""Reads records of JSON before the list ends."""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.students.records.reader import LONGEST, RecordReader
from script_shared.errors import RequestError

NO_JSON = "the body is not valid JSON."
LIST = 'Send [{...}] or {"records": [{...}]}.'
_OPENING = re.compile(r'\s*(\{\s*"records"\s*:\s*)?\[')
_BLANKS = re.compile(r"\s*")


class JsonReader(RecordReader):
    """A list of objects, or an object with the list as ``records``."""

    def __init__(self) -> None:
        super().__init__()
        self._closing: str | None = None  # what ends the body; None before the list begins
        self._is_over = self._after_comma = False
        self._decoder_of_values = json.JSONDecoder()

    def _records(self, *, last: bool) -> Iterator[Any]:
        if self._closing is None and not self._open_list(last=last):
            return
        place = 0
        while not self._is_over and (step := self._next(place)) is not None:
            value, place = step
            if not self._is_over:
                yield value
        self._text = self._text[place:]
        if self._is_over:
            self._finish(last=last)
        elif last or len(self._text) > LONGEST:
            raise RequestError(NO_JSON, fix="Send a list of records.")

    def _open_list(self, *, last: bool) -> bool:
        opened = _OPENING.match(self._text)
        if opened is None:
            if last or len(self._text) > LONGEST:
                self._refuse_other()
            return False
        self._closing = "}" if opened[1] else ""
        self._text = self._text[opened.end() :]
        return True

    def _refuse_other(self) -> None:
        """Refuse a body without a list: other JSON, or not JSON at all."""
        try:
            json.loads(self._text)
        except (ValueError, RecursionError):
            raise RequestError(NO_JSON, fix="Send a list of records.") from None
        raise RequestError("the body is not a list of records.", fix=LIST)

    def _next(self, place: int) -> tuple[Any, int] | None:
        """The value that begins here, and the place after it and its comma; None while it is incomplete."""
        start = _blanks_end(self._text, place)
        if self._text[start : start + 1] == "]" and not self._after_comma:
            self._is_over = True
            return None, start + 1
        try:
            value, end = self._decoder_of_values.raw_decode(self._text, start)
        except (ValueError, RecursionError):
            return None
        end = _blanks_end(self._text, end)
        follows = self._text[end : end + 1]
        if follows == "":
            return None
        if follows not in ",]":
            raise RequestError(NO_JSON, fix="Send a list of records.")
        self._after_comma = follows == ","
        return value, end + self._after_comma

    def _finish(self, *, last: bool) -> None:
        rest = self._text.strip()
        if rest and self._closing and rest.startswith(self._closing):
            rest, self._closing = rest[1:].strip(), ""
        self._text = rest
        if rest or (last and self._closing):
            raise RequestError(NO_JSON, fix=LIST)


def _blanks_end(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place
