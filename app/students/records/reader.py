"""Reads records while a body arrives; here one JSON object per line. Keeps at most one unfinished record."""

import codecs
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from script_shared.errors import RequestError

LONGEST = 65_536  # characters of one record


@dataclass(frozen=True)
class Unusable:
    """Replaces a record that could not be read.

    Attributes:
        why: the reason, for the sender; it repeats no value.
    """

    why: str


class RecordReader(ABC):
    """Reads the records of a body that is still arriving.

    Attributes:
        problem: why the rest of the body cannot be read; None while it can.
    """

    def __init__(self) -> None:
        self.problem: RequestError | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._taken = 0
        self._text = ""

    def feed(self, data: bytes, *, last: bool = False) -> list[Any]:
        """The records that are complete with this part of the body, not checked yet.

        Args:
            data: the next bytes.
            last: whether the body ends with them.

        Returns:
            objects, or other values that the sender put there; ``Unusable`` for one that cannot be read.
        """
        if self.problem is not None:
            return []
        text, undecodable = self._decode(data, last=last)
        self._text += text
        found = list(self._until_problem(last=last and undecodable is None))
        self.problem = self.problem or undecodable
        return found

    def _until_problem(self, *, last: bool) -> Iterator[Any]:
        """Complete records; those before a problem are kept."""
        try:
            yield from self._records(last=last)
        except RequestError as error:
            self.problem = error

    def _decode(self, data: bytes, *, last: bool) -> tuple[str, RequestError | None]:
        """The text, and the error if it ends before the data do."""
        try:
            text = self._decoder.decode(data, last)
        except UnicodeDecodeError as error:
            place = self._taken - len(self._decoder.getstate()[0]) + error.start
            problem = RequestError(f"the body is not UTF-8 (byte {place}).", fix="Send it in UTF-8.")
            return error.object[: error.start].decode("utf-8-sig"), problem
        self._taken += len(data)
        return text, None

    @abstractmethod
    def _records(self, *, last: bool) -> Iterator[Any]:
        """Take complete records from the front of ``_text``."""

    def _lines(self, *, last: bool) -> Iterator[str]:
        """Take complete lines, without their ends, from the front of ``_text``."""
        lines = self._text.split("\n")
        self._text = "" if last else lines.pop()
        for line in lines:
            yield line.removesuffix("\r")


class LineReader(RecordReader):
    """One JSON object per line; a line that is too long is skipped and counted."""

    _skipping = False

    def _records(self, *, last: bool) -> Iterator[Any]:
        for line in self._lines(last=last):
            if self._skipping:
                self._skipping = False
            elif line.strip():
                yield _of_line(line)
        if len(self._text) > LONGEST:
            if not self._skipping:
                yield _of_line(self._text)
            self._skipping, self._text = True, ""


def _of_line(line: str) -> Any:
    if len(line) > LONGEST:
        return Unusable(f"the line has more than {LONGEST:,} characters")
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
