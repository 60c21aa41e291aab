"""The formats of a body with records."""

from app.students.records.csv_reader import CsvReader
from app.students.records.json_reader import JsonReader
from app.students.records.reader import LineReader, RecordReader
from script_shared.errors import RequestError

TYPES = ("text/csv", "application/json", "application/x-ndjson")
READERS: dict[str, type[RecordReader]] = dict(zip(TYPES, (CsvReader, JsonReader, LineReader), strict=True))


def reader_of(content_type: str) -> RecordReader:
    """A reader for a body.

    Args:
        content_type: one of ``TYPES``, which may have parameters.

    Raises:
        RequestError: the type is none of these.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in READERS:
        raise RequestError("the body has no known type.", fix=f"Send Content-Type {', '.join(TYPES)}.")
    return READERS[kind]()
