"""``python -m pipelines served``: lists that were served by day and segment, and clicks on them by position."""

import argparse
import json

from pipelines.commands.log.event_log import open_log, time_argument
from pipelines.measures.served_report import served_report
from script_shared.settings import Settings

DAYS_MS = 7 * 86_400_000


def main(argv: list[str], settings: Settings) -> int:
    """Print the report.

    Args:
        argv: arguments of the command.
        settings: name the log.

    Raises:
        PautaError: it cannot be made; the caller prints it.
    """
    args = _parser().parse_args(argv)
    with open_log(settings) as log:
        since_ms = log.served.newest_ms() - DAYS_MS if args.since is None else args.since
        report = served_report(log, since_ms, args.until)
    print(json.dumps(report.plain(), indent=2) if args.json else report.text())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines served", description=__doc__)
    parser.add_argument(
        "--since", type=time_argument, help="from this time on (default: 7 days before the newest list)"
    )
    parser.add_argument("--until", type=time_argument, help="before this time")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
