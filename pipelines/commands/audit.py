"""``python -m pipelines audit …``: the record of decisions, listed and verified."""

import argparse
import json
import sys

from pipelines.commands.log.event_log import open_log, time_argument
from script_shared.audit.trail import AuditTrail
from script_shared.decisions.decision import KINDS, Entry
from script_shared.settings import Settings
from script_shared.times import iso


def main(argv: list[str], settings: Settings) -> int:
    """Run one command; 0, or 1 when ``verify`` finds an entry that was altered, removed or added.

    Raises:
        InputError: there is no event log yet.
        UnavailableError: its database is unreachable.
    """
    args = _parser().parse_args(argv)
    with open_log(settings) as log:
        trail = AuditTrail(settings, log)
        return _verify(trail) if args.command == "verify" else _list(trail, args)


def _list(trail: AuditTrail, args: argparse.Namespace) -> int:
    entries = trail.table.read(
        what=args.what,
        who=args.who,
        use_case=args.use_case,
        since_ms=args.since,
        until_ms=args.until,
        before=args.before,
        limit=args.limit,
    )
    if args.json:
        print(json.dumps([entry.view() for entry in entries], indent=2, ensure_ascii=False))
        return 0
    for entry in entries:
        print(_line(entry))
    return 0


def _verify(trail: AuditTrail) -> int:
    found = trail.check()
    for problem in found.problems:
        print(problem, file=sys.stderr)
    print(f"{found.entries:,} entries, {len(found.problems) or 'no'} problems")
    return 1 if found.problems else 0


def _line(entry: Entry) -> str:
    moved = f" {entry.before or '(none)'} -> {entry.after or '(none)'}" if entry.before or entry.after else ""
    where = f" of {entry.use_case}" if entry.use_case else ""
    return f"{entry.number:>6} {iso(entry.at_ms)} {entry.what}{where} by {entry.who}:{moved} {entry.why}".rstrip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines audit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="entries, newest first")
    listing.add_argument("--what", choices=KINDS, help="only this kind of decision")
    listing.add_argument("--who", help="only decisions of this token, DAG or command, such as token:ana")
    listing.add_argument("--use-case", help="only decisions about this use case")
    listing.add_argument("--since", type=time_argument, help="from this time on: ISO 8601, or epoch")
    listing.add_argument("--until", type=time_argument, help="before this time")
    listing.add_argument("--before", type=int, metavar="NUMBER", help="only entries with a lower number")
    listing.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    listing.add_argument("--json", action="store_true", help="as JSON, with evidence and hashes")
    commands.add_parser("verify", help="recompute every hash; exit code 1 if an entry was altered or removed")
    return parser
