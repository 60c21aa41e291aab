"""Records in a request's body: CSV, JSON, or a JSON object a line."""

import csv
import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from app.students.shapes import LONGEST_REF, BatchRecord
from script_shared.errors import RequestError

MOST = 20_000  # records of one body
TYPES = ("text/csv", "application/json", "application/x-ndjson")
Read = tuple[BatchRecord | None, str]  # a record, or why there is none


def records_in(body: bytes, content_type: str) -> list[Any]:
    """The records of a body, not checked yet: objects, or other values in their place.

    Args:
        body: at most ``MOST`` records.
        content_type: one of ``TYPES``, which may have parameters.

    Raises:
        RequestError: the body is none of the three formats; the message names line or column.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"the body is not UTF-8 (byte {error.start}).", fix="Send it in UTF-8.") from None
    kind = content_type.partition(";")[0].strip().lower()
    if kind == TYPES[0]:
        try:
            found = list(_of_csv(text))
        except csv.Error:
            raise RequestError("the body is not valid CSV.", fix="A cell may be too long, or lack a quote.") from None
    elif kind == TYPES[1]:
        found = _of_json(text)
    elif kind == TYPES[2]:
        found = [_of_line(line) for line in text.splitlines() if line.strip()]
    else:
        raise RequestError("the body has no known type.", fix=f"Send Content-Type {', '.join(TYPES)}.")
    if not found or len(found) > MOST:
        raise RequestError(f"the body has {len(found)} records.", fix=f"Send 1 to {MOST:,}.")
    return found


def check_record(record: Any) -> Read:
    """A record as it is used, or what is wrong with it; no value is repeated.

    Args:
        record: one of ``records_in``.
    """
    try:
        return BatchRecord.model_validate(record), ""
    except ValidationError as error:
        first = error.errors()[0]
        message = "is not known here" if first["type"] == "extra_forbidden" else first["msg"]
        return None, f"{'.'.join(str(part) for part in first['loc']) or 'record'}: {message}"


def ref_of(record: Any) -> str | None:
    """The sender's own name for a record, even for an invalid record; None without one.

    Args:
        record: one of ``records_in``.
    """
    ref = record.get("ref") if isinstance(record, dict) else None
    return ref if isinstance(ref, str) and len(ref) <= LONGEST_REF else None


def _of_json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise RequestError("the body is not valid JSON.", fix="Send a list of records.") from None
    if isinstance(found, dict):
        found = found.get("records")
    if not isinstance(found, list):
        raise RequestError("the body is not a list of records.", fix='Send [{...}] or {"records": [{...}]}.')
    return found


def _of_line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _of_csv(text: str) -> Iterator[dict[str, Any]]:
    first = text.partition("\n")[0]
    semicolons = first.count(";") > first.count(",")
    reader = csv.DictReader(text.splitlines(), delimiter=";" if semicolons else ",", restkey="")
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if unknown := [name[:64] for name in names if name not in BatchRecord.model_fields]:
        known = ", ".join(BatchRecord.model_fields)
        raise RequestError(f"unknown columns: {', '.join(unknown[:10])}.", fix=f"Columns are {known}.")
    reader.fieldnames = names
    for row in reader:
        cells = {name: (value or "").strip() for name, value in row.items() if name}
        yield {name: _number(value, name, commas=semicolons) for name, value in cells.items() if value}


def _number(value: str, name: str, *, commas: bool) -> str:
    return value.replace(",", ".") if commas and name != "ref" else value
