"""The program that spark-submit starts: it runs one step of a run, and its process is the driver."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pipelines.registry import find
from pipelines.use_case import Options, UseCase
from script_shared.errors import PautaError
from script_shared.settings import load_settings


def arguments(case: str, run_id: str, step: str, part: str | None, options: Options, problem: Path) -> list[str]:
    """The arguments of this program.

    Args:
        case: name of the use case.
        run_id: of the run.
        step: its name.
        part: one of the step's parts, None for a step without parts.
        options: choices of a person or of a DAG run.
        problem: a file that does not exist; an error of the step is written there.
    """
    path = str(options.source_path) if options.source_path else None
    said = {"source": options.source, "source_path": path, "force": options.force, "refresh": options.refresh}
    return [case, run_id, step, part or "", json.dumps(said), str(problem)]


def main(argv: list[str]) -> int:
    """Run the step; the exit code is 0, or 1 with one message on stderr.

    Args:
        argv: see ``arguments``.
    """
    parser = argparse.ArgumentParser(prog="spark-submit submitted.py", description=__doc__)
    for name in ("use_case", "run_id", "step", "part", "options", "problem"):
        parser.add_argument(name)
    args = parser.parse_args(argv)
    try:
        settings = load_settings()
        case: UseCase = find(settings, args.use_case)
        context = case.context(settings, args.run_id, _options(json.loads(args.options)))
        case.step(args.step).run(context, args.part or None)
    except PautaError as error:
        print(f"{type(error).__name__}: {error.log_text}", file=sys.stderr)
        said = {"kind": type(error).__name__, "message": error.message, "fix": error.fix}
        Path(args.problem).write_text(json.dumps(said), encoding="utf-8")
        return 1
    return 0


def _options(said: dict[str, Any]) -> Options:
    path = said.pop("source_path")
    return Options(source_path=Path(path) if path else None, **said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
