"""Records of a file: each is checked by itself, so that a wrong one is an error in its own line."""

from typing import Any

from pydantic import ValidationError

from app.students.records.reader import Unusable
from app.students.shapes import LONGEST_REF, BatchRecord

Read = tuple[BatchRecord | None, str]  # a record, or why there is none


def check_record(record: Any) -> Read:
    """A record as it is used, or what is wrong with it; no value is repeated.

    Args:
        record: as a ``RecordReader`` gives it.
    """
    if isinstance(record, Unusable):
        return None, record.why
    try:
        return BatchRecord.model_validate(record), ""
    except ValidationError as error:
        first = error.errors()[0]
        message = "is not known here" if first["type"] == "extra_forbidden" else first["msg"]
        return None, f"{'.'.join(str(part) for part in first['loc']) or 'record'}: {message}"


def ref_of(record: Any) -> str | None:
    """The sender's own name for a record, even for an invalid record; None without one.

    Args:
        record: as a ``RecordReader`` gives it.
    """
    ref = record.get("ref") if isinstance(record, dict) else None
    return ref if isinstance(ref, str) and len(ref) <= LONGEST_REF else None
