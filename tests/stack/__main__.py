"""``python -m tests.stack``: verifies the platform in containers, step by step; exit code 0 when every step was good.

python -m tests.stack                       all steps
python -m tests.stack --only kill,restart   these, on what an earlier run left
python -m tests.stack --from traffic        from this one on
PAUTA_STANDINS=FOLDER python -m tests.stack where no registry is reachable: FOLDER/images.sh makes the base images
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.stack import alerting, breaking, bringing_up, keeping, scaling, serving
from tests.stack.engine import Stack, StepFailedError
from tests.stack.report import markdown

STEPS: dict[str, Callable[[Stack], str]] = {
    step.__name__: step
    for step in (
        bringing_up.clone,
        bringing_up.bases,
        bringing_up.config,
        bringing_up.build,
        bringing_up.start,
        bringing_up.first_runs,
        serving.recommend,
        serving.events,
        serving.train,
        bringing_up.registered,
        serving.traffic,
        serving.targets,
        serving.dashboards,
        alerting.alerts,
        breaking.kill,
        breaking.restart,
        breaking.rollback,
        scaling.celery,
        scaling.scale,
        scaling.upgrade,
        scaling.taken_port,
        keeping.backup,
        keeping.down,
    )
}
NEEDED = ("clone", "bases", "config", "build", "start")  # nothing after them can be good without them


def main() -> int:
    """Run the steps that were asked for, print and keep the table."""
    asked = _flags()
    stack, rows = Stack(), []
    file = asked.json or stack.folder / "verify.json"
    if asked.markdown:
        print(markdown(json.loads(file.read_text())))
        return 0
    for name in _chosen(asked):
        row = _run(stack, name)
        rows.append(row)
        _keep(file, rows, stack)
        print(f"{name:<11} {row['seconds']:>7.1f} s  {row['result']:<6} {row['facts']}", flush=True)
        if row["result"] != "ok" and name in NEEDED:
            break
    bad = [row["step"] for row in rows if row["result"] != "ok"]
    print(f"\n{len(rows)} steps, {sum(row['seconds'] for row in rows):.0f} s, failed: {', '.join(bad) or 'none'}")
    return 1 if bad else 0


def _run(stack: Stack, name: str) -> dict[str, Any]:
    started, facts, result = time.monotonic(), "", "ok"
    try:
        facts = STEPS[name](stack)
    except (StepFailedError, OSError, ValueError, LookupError) as error:
        result, facts = "FAILED", f"{type(error).__name__}: {error}"
    return {"step": name, "seconds": round(time.monotonic() - started, 1), "result": result, "facts": facts}


def _keep(file: Path, rows: list[dict[str, Any]], stack: Stack) -> None:
    """Write the figures; steps that were not run again keep theirs."""
    kept = json.loads(file.read_text()) if file.is_file() else {"steps": [], "notes": {}}
    by_name = {row["step"]: row for row in [*kept["steps"], *rows]}
    steps = [by_name[name] for name in STEPS if name in by_name]
    file.write_text(json.dumps({"steps": steps, "notes": kept["notes"] | stack.notes}, indent=2))


def _chosen(asked: argparse.Namespace) -> list[str]:
    names = list(STEPS)
    if asked.only:
        return [name for name in names if name in asked.only.split(",")]
    return names[names.index(asked.start) :] if asked.start else names


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.stack", description="Verify the platform in containers.")
    parser.add_argument("--only", help=f"steps by name, with commas: {', '.join(STEPS)}")
    parser.add_argument("--from", dest="start", choices=list(STEPS), help="begin at this step")
    parser.add_argument(
        "--json", type=Path, help="where the figures go; verify.json in the working folder when left out"
    )
    parser.add_argument("--markdown", action="store_true", help="print the tables of what was kept, and run nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
