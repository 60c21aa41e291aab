"""``python -m pipelines student-features RA YEAR``: a training row of one student, rebuilt as it was.

The look is written into the access record.
"""

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

from pipelines.decisions import by_command
from pipelines.registry import find
from script_shared.errors import InputError
from script_shared.settings import Settings
from script_shared.times import epoch_ms

ANY_RUN = "student-features"  # a context needs a run; this one is not read
ROUTE = "python -m pipelines student-features"


def main(argv: list[str], settings: Settings) -> int:
    """Print the row as JSON; exit code 0.

    Raises:
        PautaError: there is no such row, or the look cannot be recorded; the caller prints it.
    """
    args = _parser().parse_args(argv)
    case = find(settings, "students")
    from pipelines.students.training_rows import row_as_of, row_of_release  # Polars takes a second to import

    context = case.context(settings, ANY_RUN)
    if args.release:
        row = row_of_release(context, args.ra, args.year, args.release)
    else:
        row = row_as_of(context, args.ra, args.year, _moment(args.at))
    _record_look(settings, row.ra)
    print(json.dumps(asdict(row), indent=2, ensure_ascii=False))
    return 0


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(epoch_ms(text) / 1_000, UTC)
    except ValueError as error:
        raise InputError(f"--at {error}.") from None


def _record_look(settings: Settings, ra: str) -> None:
    from script_shared.storage.tables import tables_address
    from script_shared.students.database.access_record import AccessRecord, looks_at

    record = AccessRecord(tables_address(settings, "students"))
    try:
        record.add(looks_at([ra], by_command()[:64], "command", ROUTE))
    finally:
        record.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=ROUTE, description=__doc__)
    parser.add_argument("ra", help="id of the student, as in the sheets")
    parser.add_argument("year", type=int, help="year of the row")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--release", metavar="VERSION", help="as the training of this release had it")
    when.add_argument("--at", metavar="TIME", help="as known at this time, such as 2024-03-01T12:00Z (default: now)")
    return parser
