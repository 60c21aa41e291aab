"""``python -m pipelines.demo``: what `make demo` starts."""

import argparse
import os
import sys
from pathlib import Path

from pipelines.supervisor.parent_process import run_guarded
from pipelines.supervisor.stack_settings import load_stack_settings
from script_shared.errors import PautaError
from script_shared.parent import end_with_parent


def main() -> int:
    """Read the flags, then run the demo under the guard; under `make`, end when that is killed."""
    if "MAKELEVEL" in os.environ:
        end_with_parent(os.getppid())
    try:
        stack_settings = load_stack_settings([])
    except PautaError as error:
        print(error.log_text, file=sys.stderr)
        return 2
    args = _parser(stack_settings.state / "demo", stack_settings.port).parse_args()

    def supervise() -> int:
        from pipelines.demo import session  # the guard stays small: it imports none of this

        return session.supervise(session.Choices(args.folder.absolute(), args.port, args.minutes, args.pause))

    return run_guarded(supervise)


def _parser(folder: Path, port: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=folder, help=f"folder of the demo (default: {folder})")
    parser.add_argument("--port", type=int, default=port, help=f"port of the API (default: {port})")
    parser.add_argument("--minutes", type=float, default=10.0, help="minutes in which a day is lived (default: 10)")
    parser.add_argument("--pause", type=float, default=20.0, help="seconds between two chapters (default: 20)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
