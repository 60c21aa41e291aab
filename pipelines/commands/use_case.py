"""``python -m pipelines news [--step …]``: the steps of a use case, without Airflow."""

import argparse
import json
import sys
from pathlib import Path

from pipelines.registry import find
from pipelines.run_steps import run_steps
from pipelines.runs import new_run_id, newest_run
from pipelines.use_case import Options, UseCase
from script_shared.errors import InputError
from script_shared.params import load_params
from script_shared.settings import Settings
from script_shared.use_case_settings import variable
from script_shared.use_cases import entries


def main(argv: list[str], settings: Settings) -> int:
    """Run the steps; the exit code is 0.

    Args:
        argv: with the name of the use case.
        settings: of this instance; ``--params`` overrules the params file that they name.

    Raises:
        PautaError: a step failed, or an argument is wrong; the caller prints it.
    """
    args = _parser(argv[:1], settings).parse_args(argv)
    case = find(settings, args.use_case)
    for name in args.step:
        case.step(name)  # a wrong name is reported before any folder is searched
    file, file_from = _own_params(settings, case.name)
    file = file or case.params_file
    params = load_params(case.params_kind, file, args.set, over=args.params, file_from=file_from, set_by="--set ")
    run_id = args.run_id or _default_run_id(case, settings, args.step)
    options = Options(args.source, args.source_path, args.force, args.refresh)
    context = case.context(settings, run_id, options, params)
    print(f"run {run_id}", file=sys.stderr)
    facts = run_steps(case, context, tuple(args.step), workers=args.workers)
    if args.json:
        print(json.dumps({"run_id": run_id, **facts}, indent=2, default=str))
    return 0


def _parser(first: list[str], settings: Settings) -> argparse.ArgumentParser:
    """The arguments; where the first one names a use case, the help lists its steps and sources."""
    hosted = entries(settings.use_cases)
    case = find(settings, first[0]) if first and first[0] in hosted else None
    steps = ", ".join(step.name for step in case.steps) if case else ""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines", description=__doc__, epilog=f"Steps of {case.name}: {steps}." if case else None
    )
    sources = f"one of {', '.join(case.sources)}" if case and case.sources else "one of the use case's sources"
    parser.add_argument("use_case", help=f"which use case to run: {', '.join(sorted(hosted))}")
    parser.add_argument("--step", action="append", default=[], help="run only this step; may be repeated")
    parser.add_argument("--run-id", help="run to write to (default: a new one; with --step, the latest)")
    parser.add_argument("--source", help=f"{sources} (default: its setting; for news, PAUTA_SOURCE)")
    parser.add_argument("--source-path", type=Path, help="folder or file of the source (default: PAUTA_SOURCE_PATH)")
    parser.add_argument("--refresh", action="store_true", help="download again even if the input seems unchanged")
    parser.add_argument("--force", choices=("promote", "refuse"), help="overrule the gate")
    parser.add_argument("--params", type=Path, help="params file; the use case's own file gives what it lacks")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="overrule one value of the params file"
    )
    parser.add_argument("--json", action="store_true", help="print all facts of the steps as JSON on stdout")
    parser.add_argument("--workers", type=_at_least_one, default=2, help="segments trained at once")
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def _own_params(settings: Settings, use_case: str) -> tuple[Path | None, str]:
    """The params file of the settings, and the variable that names it."""
    own = use_case in settings.by_use_case and settings.by_use_case[use_case].params_file
    name = "PAUTA_PARAMS_FILE" if use_case == "news" and not own else variable(use_case, "params_file")
    return settings.of(use_case).params_file, name


def _default_run_id(case: UseCase, settings: Settings, steps: list[str]) -> str:
    """A new run, or the newest that began when only later steps are wanted."""
    first = case.steps[0]
    if not steps or first.name in steps:
        return new_run_id()
    latest = newest_run(settings, case.name, first.folder)
    if latest is None:
        raise InputError("there is no run yet.", fix=f"Start one: python -m pipelines {case.name}.")
    return latest
