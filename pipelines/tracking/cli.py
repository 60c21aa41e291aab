"""``python -m pipelines tracking …``: inspect and repair the records in MLflow."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from pipelines.registry import find
from pipelines.tracking.folder import TrackingFolder
from pipelines.tracking.reconcile import open_store, reconcile, safe_message
from pipelines.tracking.record import Record
from pipelines.tracking.registry_plan import CANDIDATE, PRODUCTION, registry_plan
from script_shared.addresses import sqlite_file
from script_shared.errors import InputError
from script_shared.settings import Settings

NICE = 10


def main(argv: list[str], settings: Settings) -> int:
    """Run one command; 1 when something is left to do, or cannot be seen.

    Args:
        argv: the command and its flags.
        settings: ``PAUTA_MLFLOW_URI`` says where MLflow is.

    Raises:
        PautaError: the command cannot be done; the caller prints it.
    """
    args = _parser().parse_args(argv)
    find(settings, args.use_case).function("training_record")
    desk = TrackingFolder(settings, args.use_case)
    if args.command == "ui":
        return _ui(settings, args.port)
    if settings.mlflow_address is None:
        print("MLflow is disabled: set PAUTA_MLFLOW_URI to an address of MLflow, or to embedded")
        return 0
    return _status(desk) if args.command == "status" else _reconcile(desk, as_json=args.json)


def _reconcile(desk: TrackingFolder, *, as_json: bool) -> int:
    if as_json:
        os.nice(NICE)  # asked by a program that has other things to do
    outcome = reconcile(desk.settings, desk.use_case)
    if as_json:
        print(json.dumps(asdict(outcome)))
        return bool(outcome.problem)
    print(f"recorded: {outcome.runs} trainings, {outcome.versions} releases")
    for alias, release in outcome.aliases.items():
        print(f"alias {alias}: {release or '(none)'}")
    if outcome.problem:
        print(f"{outcome.waiting} wait: {outcome.problem}")
    return bool(outcome.problem)


def _status(desk: TrackingFolder) -> int:
    records, last = desk.records(), desk.last()
    print(f"MLflow      {desk.settings.mlflow_address}")
    if last and last["at"]:
        print(f"last record {last['at']}{'  ' + last['problem'] if last['problem'] else ''}")
    try:
        store = open_store(desk)
        missing, present = [record for record in records if not store.has(record)], store.aliases()
    except Exception as error:  # noqa: BLE001  the edge to MLflow: whatever it is, a person wants one line
        print(f"missing     unknown, of {_trainings(records)}")
        print(f"aliases     unknown: {safe_message(error, desk.settings)}")
        return 1
    print(f"missing     {_trainings(missing)}")
    wanted = registry_plan(desk.releases).aliases
    for alias in (PRODUCTION, CANDIDATE):
        print(f"{alias:<11} {_difference_text(present.get(alias), wanted.get(alias))}")
    differ = any(present.get(alias) != wanted.get(alias) for alias in (PRODUCTION, CANDIDATE))
    return int(bool(missing) or differ)


def _trainings(records: list[Record]) -> str:
    return f"{len(records)} trainings{', since ' + records[0].run_id if records else ''}"


def _difference_text(present: str | None, wanted: str | None) -> str:
    return f"{present or '(none)'}" + ("" if present == wanted else f"  but the releases say {wanted or '(none)'}")


def _ui(settings: Settings, port: int) -> int:
    """Becomes MLflow's server on the loopback address."""
    address = settings.mlflow_address or ""
    if (file := sqlite_file(address)) is None:
        raise InputError("there is no embedded MLflow to show.", fix="'make run' makes one, with its first training.")
    artifacts = (file.absolute().parent / "artifacts").as_uri()
    command = ["--backend-store-uri", address, "--artifacts-destination", artifacts, "--workers", "1"]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    print(f"MLflow is at http://127.0.0.1:{port}/ in some seconds; Ctrl-C stops it", flush=True)
    _become([sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), *command], quiet)
    return 0


def _become(command: Sequence[str], more: dict[str, str]) -> None:
    os.execve(command[0], list(command), {**os.environ, **more})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines tracking", description="Trainings in MLflow.")
    parser.add_argument("--use-case", default="news", help="use case (default: news)")
    commands = parser.add_subparsers(dest="command", required=True)
    again = commands.add_parser("reconcile", help="record the trainings that MLflow lacks, and correct its aliases")
    again.add_argument("--json", action="store_true", help="what was done, as JSON")
    commands.add_parser(
        "status",
        help="show which trainings are missing, and whether the aliases agree with the releases; exit code 1 if not",
    )
    ui = commands.add_parser("ui", help="show the embedded MLflow in a browser, on the loopback address")
    ui.add_argument("--port", type=int, default=5000, help="default: 5000")
    return parser
