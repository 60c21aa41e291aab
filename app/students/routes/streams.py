"""POST /students/batch: risks of many records that are not stored, answered while the records still arrive."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, HTTPException, Query, Request
from starlette.requests import ClientDisconnect

from app.http.csv_files import CSV_TOO, csv_text
from app.students.answers import NO_STORE, risk_json
from app.students.records.body_parts import AnswerBesideBody, body_parts
from app.students.records.formats import TYPES, reader_of
from app.students.records.reader import RecordReader, Unusable
from app.students.records.record_check import check_record, ref_of
from app.students.shapes import BatchRecord, Language
from app.students.visits import TheVisit
from script_shared.errors import RequestError
from script_shared.students.model import Risk, StudentsModel

router = APIRouter(prefix="/students", tags=["students"])
CHUNK = 50  # records of one part of the answer
COLUMNS = (
    "line", "ref", "status", "urgent", "expected", "alert", "critical", "lagging", "lagging_low", "lagging_high",
    "year", "missing", "reasons", "error",
)  # fmt: skip
BODY = {
    "requestBody": {
        "required": True,
        "description": f"Records with the fields of `POST /students/predict`, and `ref`, which is repeated. CSV has a "
        f"header; with semicolons between the cells, a decimal comma is understood. Types: {', '.join(TYPES)}.",
        "content": {kind: {"schema": {"type": "string"}} for kind in (TYPES[0], TYPES[2])}
        | {TYPES[1]: {"schema": {"type": "array", "items": {"type": "object"}}}},
    }
}


class RiskLines(AnswerBesideBody):
    """JSON objects, one a line."""

    media_type = TYPES[2]


@router.post(
    "/batch", summary="Risks of a file of records", response_class=RiskLines, responses=CSV_TOO, openapi_extra=BODY
)
async def stream_risks(
    request: Request,
    visit: TheVisit,
    lang: Language = "en",
    reasons: Annotated[bool, Query(description="false leaves them out, which is many times faster.")] = True,
    format: Annotated[Literal["json", "csv"], Query(description="json: an object a line.")] = "json",
) -> RiskLines:
    """Risks in the order of the records, each with its line, sent while the body still arrives.

    A record that cannot be used gets an ``error``. If the rest of a body cannot be read, the last line has the
    reason; a body without a readable record is refused as a whole.
    """
    reader = reader_of(request.headers.get("Content-Type", ""))

    def part(records: list[Any], start: int) -> bytes:
        return _bytes_of(_lines(visit.model, records, start, lang, explain=reasons), format)

    parts = _parts(request, reader, part)
    first = await anext(parts, b"")

    async def whole() -> AsyncIterator[bytes]:
        async with aclosing(parts):
            yield (csv_text([COLUMNS]).encode() if format == "csv" else b"") + first
            async for each in parts:
                yield each

    return RiskLines(whole(), headers=NO_STORE, media_type="text/csv" if format == "csv" else None)


async def _parts(
    request: Request, reader: RecordReader, part: Callable[[list[Any], int], bytes]
) -> AsyncGenerator[bytes]:
    """Parts of the answer, each as soon as its records are complete; none after the client has left.

    Raises:
        RequestError: no record of the body can be read.
        HTTPException: the body is too large, and no record was answered yet.
    """
    answered = 0
    try:
        async with body_parts(request) as body:
            async for data in _and_end(body):
                records = await asyncio.to_thread(reader.feed, data or b"", last=data is None)
                for start in range(0, len(records), CHUNK):
                    some = records[start : start + CHUNK]
                    yield await asyncio.to_thread(part, some, answered)
                    answered += len(some)
                if reader.problem is not None:
                    raise reader.problem
        if not answered:
            raise RequestError("the body has 0 records.", fix="Send 1 or more.")
    except ClientDisconnect:
        return
    except (RequestError, HTTPException) as error:
        if not answered:
            raise
        why = error.message if isinstance(error, RequestError) else str(error.detail)
        yield part([Unusable(why)], answered)


async def _and_end(body: AsyncIterator[bytes]) -> AsyncIterator[bytes | None]:
    """The parts of a body, then None."""
    async for data in body:
        yield data
    yield None


def _bytes_of(lines: list[dict[str, Any]], format: str) -> bytes:
    if format == "json":
        return b"".join(orjson.dumps(line) + b"\n" for line in lines)
    return csv_text([line.get(name) for name in COLUMNS] for line in map(_flat, lines)).encode()


def _lines(
    model: StudentsModel, records: list[Any], start: int, language: str, *, explain: bool
) -> list[dict[str, Any]]:
    """One object for each record, with its line from 1 on."""
    read = [check_record(record) for record in records]
    risks = iter(_risks(model, [record for record, _ in read if record is not None], explain=explain))
    lines = []
    for line, (raw, (record, error)) in enumerate(zip(records, read, strict=True), start + 1):
        risk = None if record is None else next(risks)
        said = risk_json(risk, language) if isinstance(risk, Risk) else {"error": risk or error}
        lines.append({"line": line, "ref": ref_of(raw), **said})
    return lines


def _risks(model: StudentsModel, records: list[BatchRecord], *, explain: bool) -> list[Risk | str]:
    """The risk of each record, or why it has none."""
    values = [record.record() for record in records]
    try:
        return [*model.of_records(values, explain=explain)]
    except RequestError as error:
        if len(values) == 1:
            return [error.message]
        return [risk for record in records for risk in _risks(model, [record], explain=explain)]


def _flat(line: dict[str, Any]) -> dict[str, Any]:
    """A line as cells."""
    if "error" in line:
        return line
    low, high = line["lagging"]["low"], line["lagging"]["high"]
    return {
        **line,
        **line["probabilities"],
        "lagging": line["lagging"]["chance"],
        "lagging_low": low,
        "lagging_high": high,
        "missing": " ".join(line["missing"]),
        "reasons": " ".join(reason["sentence"] for reason in line["reasons"]),
    }
