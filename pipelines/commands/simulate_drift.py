"""``python -m pipelines simulate-drift``: generated data with drift, from the files to a new training."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from pipelines.registry import find
from pipelines.run_steps import run_steps
from pipelines.runs import new_run_id
from pipelines.use_case import Options
from script_shared.errors import InputError
from script_shared.params import load_params
from script_shared.settings import Settings

WORK = Path(".pauta") / "simulated-drift"


def main(argv: list[str], settings: Settings) -> int:
    """Drop the drifted data, then run every step on them; or only drop them, for a DAG that waits for files.

    Returns:
        0 when the drift was found, its alert would fire, and a model was trained; else 1.

    Raises:
        InputError: the use case cannot generate a drift.
    """
    args = _parser().parse_args(argv)
    case = find(settings, args.use_case)
    generate = case.function("simulated_drift")
    folder = args.drop or args.work / "landing"
    if args.drop is None:
        shutil.rmtree(args.work, ignore_errors=True)
    elif not args.drop.is_dir():
        raise InputError(f"{args.drop}: is no folder.", fix="Name the landing folder of the stack.")
    folder.mkdir(parents=True, exist_ok=True)
    params = load_params(case.params_kind, case.params_file, args.set, set_by="--set ")
    print(f"dropped    {', '.join(generate(params, folder))} in {folder}")
    if args.drop is not None:
        print("The DAG that waits for files there does the rest.")
        return 0
    own = settings.model_copy(
        update={
            "data_dir": args.work / "data",
            "models_uri": str(args.work / "models"),
            "mlflow_uri": "off",
            "events_uri": None,
        }
        | ({} if args.show else {"evaluation_dir": args.work / "evaluation"})
    )
    context = case.context(own, new_run_id(), Options(source=case.landing_source, source_path=folder), params)
    return _report(run_steps(case, context, ()))


def _report(facts: dict[str, dict[str, Any]]) -> int:
    quality, promoted = facts["quality"], facts["promote"]["promoted"]
    print("\n".join(f"drift      {sentence}" for sentence in quality["sentences"]))
    print(f"report     {quality['page']}")
    print(f"alert      DataDrift {'fires' if quality['alarm'] else 'does not fire'}")
    print(f"retraining {'in service: ' if promoted else 'not promoted: '}{facts['promote']['version']}")
    return 0 if quality["alarm"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines simulate-drift", description=__doc__)
    parser.add_argument("--use-case", default="students", help="use case (default: students)")
    parser.add_argument("--work", type=Path, default=WORK, help=f"folder of data and releases (default: {WORK})")
    parser.add_argument("--drop", type=Path, help="only copy the files into this landing folder of a running stack")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="overrule a value of the params"
    )
    parser.add_argument(
        "--show", action="store_true", help="write the figures into the platform's evaluation folder: gauges and alert"
    )
    return parser
