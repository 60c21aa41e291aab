"""``python -m pipelines tokens …``: named tokens of people and programs, made, shown and revoked."""

import argparse
import json
import sys

from pipelines.decisions import by_command, record, user_name
from script_shared.clock import wall_ms
from script_shared.decisions.decision import Decision
from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.people import ROLES, Token
from script_shared.people.tokens import check_name, check_use_cases, facts_of, lifetime_ms
from script_shared.settings import Settings
from script_shared.times import iso
from script_shared.use_cases import entries


def main(argv: list[str], settings: Settings) -> int:
    """Run one command; exit code 0.

    Args:
        argv: the command and its flags.
        settings: of this instance.

    Raises:
        InputError: a name, role, use case or time is invalid, or no active token has the name.
        ConflictError: the name has an active token.
        UnavailableError: the database of the event log is unreachable.
    """
    args = _parser().parse_args(argv)
    log = EventLog(settings.events_address)
    try:
        code: int = {"create": _create, "list": _list, "revoke": _revoke}[args.command](log, args, settings)
        return code
    finally:
        log.close()


def _create(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    use_cases = check_use_cases(args.use_case, entries(settings.use_cases))
    expires_ms = wall_ms() + lifetime_ms(args.expires) if args.expires else None
    made, secret = log.tokens.make(
        check_name(args.name), args.role, by=user_name(), use_cases=use_cases, expires_ms=expires_ms
    )
    evidence = {"role": made.role, "use_cases": use_cases}
    record(settings, Decision(by_command(), "token", after=made.name, why="made", evidence=evidence))
    print(_line(made), file=sys.stderr)
    print("The token follows. It is shown only once: give it to its holder.", file=sys.stderr)
    print(secret)
    return 0


def _list(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    tokens, now_ms = log.tokens.all(), wall_ms()
    if args.json:
        print(json.dumps([facts_of(token, now_ms) for token in tokens], indent=2))
        return 0
    for token in tokens:
        print(_line(token))
    if not tokens:
        print("no named tokens; `python -m pipelines tokens create NAME --role ROLE` makes one")
    return 0


def _revoke(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    if log.tokens.revoke(args.name) is None:
        raise InputError("no active token has this name.", fix="See `python -m pipelines tokens list`.")
    record(settings, Decision(by_command(), "token", before=args.name, why="revoked"))
    print(f"revoked {args.name}; it opens nothing within a second")
    return 0


def _line(token: Token) -> str:
    used = f"used {iso(token.used_ms)}" if token.used_ms else "never used"
    ends = f", until {iso(token.expires_ms)}" if token.expires_ms else ""
    scope = ", ".join(sorted(token.use_cases)) or "all use cases"
    return (
        f"{token.name:<24} {token.role:<9} {token.state(wall_ms()):<8} {scope}; made {iso(token.made_ms)}{ends}; {used}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines tokens", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a token and print it once")
    create.add_argument("name", help="of the person or program")
    create.add_argument("--role", required=True, choices=ROLES, help="it includes the rights of the roles before it")
    create.add_argument("--use-case", action="append", default=[], help="open only this use case; may be repeated")
    create.add_argument("--expires", metavar="DAYS", help="when it ends, such as 90d (default: never)")
    listing = commands.add_parser("list", help="names, roles and last use; never the tokens")
    listing.add_argument("--json", action="store_true", help="as JSON")
    commands.add_parser("revoke", help="end a token and its sessions").add_argument("name")
    return parser
