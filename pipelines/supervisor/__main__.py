"""``python -m pipelines.supervisor``: what `make run` starts."""

import os
import sys

from pipelines.supervisor.parent_process import run_guarded
from pipelines.supervisor.stack_settings import load_stack_settings
from script_shared.errors import PautaError
from script_shared.parent import end_with_parent


def main() -> int:
    """Read the flags, then run everything under the guard; under `make`, end when that is killed."""
    if "MAKELEVEL" in os.environ:
        end_with_parent(os.getppid())
    try:
        stack_settings = load_stack_settings(sys.argv[1:])
    except PautaError as error:
        print(error.log_text, file=sys.stderr)
        return 2

    def supervise() -> int:
        from pipelines.supervisor import session  # the guard stays small: it imports none of this

        return session.supervise(stack_settings)

    return run_guarded(supervise)


if __name__ == "__main__":
    sys.exit(main())
