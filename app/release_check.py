"""``python -m app.release_check TRIAL FOLDER``: tries a release, in a process of its own that may crash.

A damaged file with the right checksum can end the process that reads it (LightGBM aborts on half a tree), take all of
its memory, or answer every request with an error. So the service has each release tried here first. ``TRIAL`` is the
``module:class`` of a ``ReleaseTrial``. Standard input holds what it gets and the release's manifest, as JSON; the
output is one JSON object a line: each stage as it begins, then the verdict.

It imports large packages at the lowest priority, because their import takes as much CPU as the check, while the service
answers requests. With ``--idle`` it gets only the time that no other process uses, which may be none on a busy machine.
"""

import argparse
import contextlib
import json
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from script_shared import parent

CPU_SECONDS = 300
NICE = 19
SPARE_BYTES = 4 << 30  # of addresses, besides the release's own files four times over


def bound(folder: Path) -> None:
    """Let this process take little from the service beside it, and be the first to go when memory runs out."""
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    addresses, most = SPARE_BYTES + 4 * used, resource.getrlimit(resource.RLIMIT_AS)[1]
    if most == resource.RLIM_INFINITY or addresses < most:
        resource.setrlimit(resource.RLIMIT_AS, (addresses, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 10))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # no Linux, or not allowed
        Path("/proc/self/oom_score_adj").write_text("1000")


def run_when_idle() -> None:
    """Run in Linux's idle scheduling class: a process of the service that wakes up then runs at once.

    Even at the lowest priority, a process keeps the processor for about 3 ms, and each request would wait for it.
    """
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # not allowed
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main() -> int:
    """Check the release; exit code 0 if there is a verdict."""
    parent.end_with_named_parent()
    os.nice(NICE)
    parser = argparse.ArgumentParser(prog="python -m app.release_check", description="Load a release and ask it.")
    parser.add_argument("trial", help="module:class of the trial")
    parser.add_argument("folder", type=Path, help="the release's files")
    parser.add_argument("--without", action="append", default=[], help="leave out an optional part")
    parser.add_argument("--idle", action="store_true", help="run only while no other process needs the processor")
    args = parser.parse_args()
    if args.idle:
        run_when_idle()
    given = json.load(sys.stdin)
    bound(args.folder)
    return check(args.trial, args.folder, given, args.without)


def check(trial: str, folder: Path, given: dict[str, Any], without: Sequence[str]) -> int:
    """Import the trial, run it, and print the verdict."""
    from app import memory
    from app.releases.release_trial import describe, say
    from script_shared.errors import UnavailableError
    from script_shared.releases import Manifest

    memory.import_lightgbm()
    on_trial, reason = resolve_name(trial)(given["input"]), ""
    try:
        on_trial.run(folder, Manifest.model_validate(given["manifest"]), without)
    except UnavailableError as error:  # which says nothing about the release
        say(unavailable=describe(error))
        return 1
    except Exception as error:  # noqa: BLE001  whatever a release does to its users is the verdict
        reason = describe(error)
    say(verdict={"reason": reason, "parts": on_trial.parts})
    return 0


if __name__ == "__main__":
    sys.exit(main())
