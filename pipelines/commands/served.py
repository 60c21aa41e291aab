"""``python -m pipelines served``: lists that were served by day and segment, and clicks on them by position."""

import argparse
import json

from pipelines.measures.served_report import served_report
from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.events.address import log_exists
from script_shared.settings import Settings
from script_shared.times import epoch_ms

DAYS_MS = 7 * 86_400_000


def main(argv: list[str], settings: Settings) -> int:
    """Print the report.

    Raises:
        PautaError: it cannot be made; the caller prints it.
    """
    args = _parser().parse_args(argv)
    if not log_exists(settings.events_address):
        raise InputError("there is no event log yet.", fix="Start the API, or correct PAUTA_EVENTS_URI.")
    log = EventLog(settings.events_address)
    try:
        since_ms = log.served.newest_ms() - DAYS_MS if args.since is None else args.since
        report = served_report(log, since_ms, args.until)
    finally:
        log.close()
    print(json.dumps(report.plain(), indent=2) if args.json else report.text())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines served", description=__doc__)
    parser.add_argument("--since", type=_time, help="from this time on (default: 7 days before the newest list)")
    parser.add_argument("--until", type=_time, help="before this time")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _time(text: str) -> int:
    try:
        return epoch_ms(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None
