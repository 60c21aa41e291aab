"""The command line: ``python -m pipelines news [--step …]``; also releases, events, replay and more."""

import argparse
import json
import sys
from pathlib import Path

from pipelines import check_data_cli, events_cli, maintenance_cli, releases_cli
from pipelines.registry import USE_CASES
from pipelines.run_steps import run_steps
from pipelines.runs import Run, latest_run, new_run_id
from pipelines.use_case import Context, Options, UseCase
from script_shared.errors import InputError, PautaError
from script_shared.params import load_params
from script_shared.settings import Settings, load_settings


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 with one message on stderr."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        settings = load_settings()
        if argv[:1] == ["releases"]:
            return releases_cli.main(argv[1:], settings)
        if argv[:1] == ["events"]:
            return events_cli.main(argv[1:], settings)
        if argv[:1] == ["check-data"]:
            return check_data_cli.main(argv[1:], settings)
        if argv[:1] == ["maintenance"]:
            return maintenance_cli.main(argv[1:], settings)
        if argv[:1] == ["replay"]:
            from pipelines.replay import cli as replay_cli

            return replay_cli.main(argv[1:], settings)
        if argv[:1] == ["tracking"]:
            from pipelines.tracking import cli as tracking_cli

            return tracking_cli.main(argv[1:], settings)
        return _run(_parser().parse_args(argv), settings)
    except PautaError as error:
        print(f"{type(error).__name__}: {error.logged}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines",
        description=__doc__,
        epilog="Also: python -m pipelines releases --help, and check-data, events, maintenance, replay and tracking",
    )
    parser.add_argument(
        "use_case", choices=sorted(USE_CASES), help="which use case to run ('releases' manages releases)"
    )
    parser.add_argument("--step", action="append", default=[], help="run only this step; may be repeated")
    parser.add_argument("--run-id", help="run to write to (a new one, or the latest when --step is given)")
    parser.add_argument("--source", help="sample, local, files, gdrive or globo_clicks (default: PAUTA_SOURCE)")
    parser.add_argument("--source-path", type=Path, help="folder or file of the source (default: PAUTA_SOURCE_PATH)")
    parser.add_argument("--refresh", action="store_true", help="download again although the input seems unchanged")
    parser.add_argument("--force", choices=("promote", "refuse"), help="overrule the gate")
    parser.add_argument("--params", type=Path, help="params file (default: the use case's own)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="set one value over the params file"
    )
    parser.add_argument("--json", action="store_true", help="print all facts of the steps as JSON on stdout")
    parser.add_argument("--workers", type=_at_least_one, default=2, help="segments trained at once")
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return int(text)


def _run(args: argparse.Namespace, settings: Settings) -> int:
    case = USE_CASES[args.use_case]
    for name in args.step:
        case.step(name)  # a wrong name is reported before any folder is searched
    file, file_from = (args.params, "--params") if args.params else (settings.params_file, "PAUTA_PARAMS_FILE")
    params = load_params(case.params_kind, file or case.params_file, args.set, file_from=file_from, set_by="--set ")
    run = Run(settings.data_dir / case.name, args.run_id or _default_run_id(case, settings, args.step))
    options = Options(args.source, args.source_path, args.force, args.refresh)
    print(f"run {run.run_id}", file=sys.stderr)
    facts = run_steps(case, Context(settings, params, run, options), tuple(args.step), workers=args.workers)
    if args.json:
        print(json.dumps({"run_id": run.run_id, **facts}, indent=2, default=str))
    return 0


def _default_run_id(case: UseCase, settings: Settings, steps: list[str]) -> str:
    """A new run, or the newest downloaded one when a later step is asked for by itself."""
    if not steps or "download" in steps:
        return new_run_id()
    latest = latest_run(settings.data_dir / case.name, "raw")
    if latest is None:
        raise InputError("there is no run yet.", fix=f"Start one: python -m pipelines {case.name}.")
    return latest


if __name__ == "__main__":
    sys.exit(main())
