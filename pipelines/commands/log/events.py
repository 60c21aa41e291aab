"""``python -m pipelines events export FILE``: a part of the event log as one parquet file."""

import argparse
import sys
from pathlib import Path

from pipelines.commands.log import events_parquet
from pipelines.commands.log.event_log import open_log, time_argument
from script_shared.events.extract import KINDS, USUAL, Extract
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Write the file and say on stderr how many events it has.

    Args:
        argv: arguments of the command.
        settings: name the log.

    Raises:
        PautaError: it cannot be done; the caller prints it.
    """
    args = _parser().parse_args(argv)
    with open_log(settings) as log:
        rows = events_parquet.write(Extract(tuple(args.kinds), args.since, args.until).pages(log), args.file)
    print(f"{rows} events in {args.file}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines events", description=__doc__)
    export = parser.add_subparsers(dest="command", required=True).add_parser("export", help="write a parquet file")
    export.add_argument("file", type=Path, help="file to write")
    export.add_argument("--since", type=time_argument, help="only events from this time on: ISO 8601, or epoch")
    export.add_argument("--until", type=time_argument, help="only events before this time")
    export.add_argument(
        "--kinds",
        type=_kinds,
        default=USUAL,
        help=f"separated by commas, of {', '.join(KINDS)} (default: {','.join(USUAL)})",
    )
    return parser


def _kinds(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names or set(names) - set(KINDS):
        raise argparse.ArgumentTypeError(f"{text!r}: kinds are {', '.join(KINDS)}")
    return names
