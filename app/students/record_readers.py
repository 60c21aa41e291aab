"""Reads records out of a body while it arrives: CSV, JSON, or a JSON object a line. No more than a record is kept."""

import codecs
import csv
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.students.shapes import BatchRecord
from script_shared.errors import RequestError

TYPES = ("text/csv", "application/json", "application/x-ndjson")
LONGEST = 65_536  # characters of one record
NO_CSV = "the body is not valid CSV."
NO_JSON = "the body is not valid JSON."
LIST = 'Send [{...}] or {"records": [{...}]}.'
_OPENING = re.compile(r'\s*(\{\s*"records"\s*:\s*)?\[')
_BLANKS = re.compile(r"\s*")


@dataclass(frozen=True)
class Unusable:
    """Stands in the place of a record that could not be read.

    Attributes:
        why: for the sender; no value is repeated.
    """

    why: str


class RecordReader(ABC):
    """A body on its way in.

    Attributes:
        problem: why nothing more can be read of the body; None while it can.
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
            objects, or other values in their place; ``Unusable`` for one that cannot be read.
        """
        if self.problem is not None:
            return []
        text, undecodable = self._decode(data, last=last)
        self._text += text
        found = list(self._until_problem(last=last and undecodable is None))
        self.problem = self.problem or undecodable
        return found

    def _until_problem(self, *, last: bool) -> Iterator[Any]:
        """Complete records; what was found before a problem counts."""
        try:
            yield from self._records(last=last)
        except RequestError as error:
            self.problem = error

    def _decode(self, data: bytes, *, last: bool) -> tuple[str, RequestError | None]:
        """The text, and why it ends before the data do."""
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
    """A JSON object a line; a line that is too long is skipped and counted."""

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


class CsvReader(RecordReader):
    """CSV with a header; with semicolons between the cells a decimal comma is understood."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._delimiter = ","
        self._open = ""  # lines of a record whose quotes are not closed yet

    def _records(self, *, last: bool) -> Iterator[dict[str, Any]]:
        for line in self._lines(last=last):
            whole = f"{self._open}\n{line}" if self._open else line
            self._open = whole if whole.count('"') % 2 else ""
            self._refuse_long(whole)
            if not self._open and whole.strip():
                yield from self._row(whole)
        self._refuse_long(self._open + self._text)
        if last and self._open:
            raise self._no_csv()

    def _row(self, line: str) -> Iterator[dict[str, Any]]:
        if not self._names:
            self._delimiter = ";" if line.count(";") > line.count(",") else ","
        try:
            cells = next(csv.reader([line], delimiter=self._delimiter))
        except csv.Error:
            raise self._no_csv() from None
        if not self._names:
            self._names = _checked_names(cells)
            return
        pairs = zip(self._names, (cell.strip() for cell in cells), strict=False)
        commas = self._delimiter == ";"
        yield {name: _number(cell, name, commas=commas) for name, cell in pairs if name and cell}

    def _refuse_long(self, line: str) -> None:
        if len(line) > LONGEST:
            raise self._no_csv()

    def _no_csv(self) -> RequestError:
        return RequestError(NO_CSV, fix="A cell may be too long, or lack a quote.")


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
        """The body has no list: it is other JSON, or none."""
        try:
            json.loads(self._text)
        except (ValueError, RecursionError):
            raise RequestError(NO_JSON, fix="Send a list of records.") from None
        raise RequestError("the body is not a list of records.", fix=LIST)

    def _next(self, place: int) -> tuple[Any, int] | None:
        """The value from here on and the place behind it and its comma; None while it is not complete."""
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


READERS: dict[str, type[RecordReader]] = dict(zip(TYPES, (CsvReader, JsonReader, LineReader), strict=True))


def reader_of(content_type: str) -> RecordReader:
    """A reader for a body.

    Args:
        content_type: one of ``TYPES``, which may have parameters.

    Raises:
        RequestError: it is none of them.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in READERS:
        raise RequestError("the body has no known type.", fix=f"Send Content-Type {', '.join(TYPES)}.")
    return READERS[kind]()


def _of_line(line: str) -> Any:
    if len(line) > LONGEST:
        return Unusable(f"the line has more than {LONGEST:,} characters")
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _blanks_end(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _checked_names(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if unknown := [name[:64] for name in names if name not in BatchRecord.model_fields]:
        known = ", ".join(BatchRecord.model_fields)
        raise RequestError(f"unknown columns: {', '.join(unknown[:10])}.", fix=f"Columns are {known}.")
    return names


def _number(value: str, name: str, *, commas: bool) -> str:
    return value.replace(",", ".") if commas and name != "ref" else value
