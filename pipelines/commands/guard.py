"""``python -m pipelines guard``: the live guard, which compares the release in service with popularity on its clicks.

It also compares it with the release before, and rolls it back where it is worse than the params allow. The monitoring
DAG does the same; both share one memory.
"""

import argparse
import json
import time
from typing import Any

from pipelines.registry import find
from script_shared.settings import Settings

ANY_RUN = "guard"  # a context needs a run; the guard uses none


def main(argv: list[str], settings: Settings) -> int:
    """Look once, or again and again; 1 after a single look at a release that is worse and stays.

    Raises:
        PautaError: a single look cannot be made; the caller prints it.
    """
    from pipelines.guard.look import look  # here, because --help must cost nothing

    args = _parser().parse_args(argv)
    case = find(settings, args.use_case)
    while True:
        found = look(case, case.context(settings, ANY_RUN), dry_run=args.dry_run)
        print(json.dumps(found.plain(), indent=2) if args.json else _text(found.plain()), flush=True)
        if args.once or args.dry_run:
            return 1 if found.status in ("held", "worse") else 0
        time.sleep(args.every)


def _text(found: dict[str, Any]) -> str:
    moved = f" -> {found['to']}" if found["to"] else ""
    return f"{found['release'] or '(none)'}{moved}: {found['status'].replace('_', ' ')}: {found['sentence']}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines guard", description=__doc__)
    parser.add_argument("--use-case", default="news", help="use case (default: news)")
    parser.add_argument("--once", action="store_true", help="look once; exit code 1 if a worse release stays")
    parser.add_argument("--dry-run", action="store_true", help="look once and change nothing")
    parser.add_argument("--every", type=float, default=300.0, help="seconds between two looks (default: 300)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
