"""``python -m pipelines experiments …``: lists experiments, reports what they found, and stops them."""

import argparse
import json

from pipelines.commands.log.event_log import open_log
from pipelines.decisions import by_command, record, user_name
from pipelines.experiments.analysis import analyse, analyse_running, write_report
from pipelines.experiments.verdict import verdict
from script_shared.events import EventLog
from script_shared.experiments.decision import decision_of
from script_shared.settings import Settings


def main(argv: list[str], settings: Settings) -> int:
    """Run one command; exit code 0.

    Raises:
        PautaError: it cannot be done; the caller prints it.
    """
    args = _parser().parse_args(argv)
    with open_log(settings) as log:
        code: int = {"list": _list, "report": _report, "watch": _watch, "stop": _stop}[args.command](
            log, args, settings
        )
    return code


def _list(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    found = log.experiments.current()
    for each in reversed(found):
        shares = ", ".join(f"{name or 'all'} {share:g}" for name, share in each.experiment.shares.items())
        print(f"{each.name:<24} {each.experiment.use_case:<12} {each.experiment.way:<13} {each.state:<8} {shares}")
    if not found:
        print("no experiments; `POST /experiments` or PAUTA_EXPERIMENTS_FILE starts one")
    return 0


def _report(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    figures = analyse(log, args.name)
    path = write_report(figures, settings.evaluation_dir)
    if args.json:
        print(json.dumps({"verdict": verdict(figures), **figures.plain()}, indent=2, allow_nan=False))
        return 0
    print(verdict(figures))
    print(path)
    return 0


def _watch(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    for name, sentence in analyse_running(log, settings).items():
        print(f"{name}: {sentence}")
    return 0


def _stop(log: EventLog, args: argparse.Namespace, settings: Settings) -> int:
    change = log.experiments.stop(args.name, None, user_name(), args.why)
    record(settings, decision_of(change.before, change.after, by_command()))
    print(f"stopped {args.name}; within a second everybody gets what the release in service answers")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines experiments", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="experiments, those that started last first")
    report = commands.add_parser("report", help="analyse one experiment now; prints the verdict and the page's path")
    report.add_argument("name", help="of the experiment")
    report.add_argument("--json", action="store_true", help="print the figures as JSON")
    commands.add_parser("watch", help="analyse all running experiments once and apply their limits, as the DAG does")
    stop = commands.add_parser("stop", help="stop an experiment for good")
    stop.add_argument("name", help="of the experiment")
    stop.add_argument("--why", default="", help="the reason, for the record of decisions")
    return parser
