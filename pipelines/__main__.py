"""The command line: ``python -m pipelines news [--step …]``; also releases, events, replay and more."""

import argparse
import json
import sys
from pathlib import Path

from pipelines.commands import check_data, events, maintenance, releases, served
from pipelines.registry import find
from pipelines.run_steps import run_steps
from pipelines.runs import latest_run, new_run_id
from pipelines.use_case import Options, UseCase
from script_shared.errors import InputError, PautaError
from script_shared.params import load_params
from script_shared.settings import Settings, load_settings
from script_shared.use_case_settings import variable
from script_shared.use_cases import entries


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 with one message on stderr."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        settings = load_settings()
        if argv[:1] == ["releases"]:
            return releases.main(argv[1:], settings)
        if argv[:1] == ["events"]:
            return events.main(argv[1:], settings)
        if argv[:1] == ["served"]:
            return served.main(argv[1:], settings)
        if argv[:1] == ["check-data"]:
            return check_data.main(argv[1:], settings)
        if argv[:1] == ["maintenance"]:
            return maintenance.main(argv[1:], settings)
        if argv[:1] == ["replay"]:
            from pipelines.news.rolling import command as replay_cli

            return replay_cli.main(argv[1:], settings)
        if argv[:1] == ["tracking"]:
            from pipelines.tracking import cli as tracking_cli

            return tracking_cli.main(argv[1:], settings)
        return _run(_parser(settings).parse_args(argv), settings)
    except PautaError as error:
        print(f"{type(error).__name__}: {error.logged}", file=sys.stderr)
        return 1


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines",
        description=__doc__,
        epilog="Also: python -m pipelines releases --help; check-data, events, maintenance, replay, served, tracking",
    )
    names = ", ".join(sorted(entries(settings.use_cases)))
    parser.add_argument("use_case", help=f"which use case to run: {names}")
    parser.add_argument("--step", action="append", default=[], help="run only this step; may be repeated")
    parser.add_argument("--run-id", help="run to write to (default: a new one; with --step, the latest)")
    parser.add_argument("--source", help="one of the use case's sources (default: its setting; for news, PAUTA_SOURCE)")
    parser.add_argument("--source-path", type=Path, help="folder or file of the source (default: PAUTA_SOURCE_PATH)")
    parser.add_argument("--refresh", action="store_true", help="download again even if the input seems unchanged")
    parser.add_argument("--force", choices=("promote", "refuse"), help="overrule the gate")
    parser.add_argument("--params", type=Path, help="params file (default: the use case's own)")
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


def _run(args: argparse.Namespace, settings: Settings) -> int:
    case = find(settings, args.use_case)
    for name in args.step:
        case.step(name)  # a wrong name is reported before any folder is searched
    file, file_from = (args.params, "--params") if args.params else _own_params(settings, case.name)
    params = load_params(case.params_kind, file or case.params_file, args.set, file_from=file_from, set_by="--set ")
    run_id = args.run_id or _default_run_id(case, settings, args.step)
    options = Options(args.source, args.source_path, args.force, args.refresh)
    context = case.context(settings, run_id, options, params)
    print(f"run {run_id}", file=sys.stderr)
    facts = run_steps(case, context, tuple(args.step), workers=args.workers)
    if args.json:
        print(json.dumps({"run_id": run_id, **facts}, indent=2, default=str))
    return 0


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
    latest = latest_run(settings.data_dir / case.name, first.folder)
    if latest is None:
        raise InputError("there is no run yet.", fix=f"Start one: python -m pipelines {case.name}.")
    return latest


if __name__ == "__main__":
    sys.exit(main())
