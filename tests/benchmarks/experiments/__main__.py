"""``make bench-experiments``: false alarms of A/A tests, and answers until A/B tests and interleaving decide."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from pipelines.commands.replay import day_window
from pipelines.news.replay.sources import from_clicks
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from tests.benchmarks.experiments.cost import microseconds
from tests.benchmarks.experiments.replayed import Answers, load, replay, save
from tests.benchmarks.experiments.simulation import alarms, credits, divided, hits, interleaved, needed, runs
from tests.benchmarks.ranking import CLICKS, DAY

POWERS = (0.8, 0.9, 0.95)


def main() -> int:
    """Replay once, or read the answers of an earlier replay; then run the experiments and print their figures."""
    args = _arguments()
    kept = args.output / "answers.npz"
    if not kept.is_file():
        _replay(args, kept)
    facts = {"microseconds": microseconds(), **figures(load(kept), args.runs)}
    text = json.dumps(facts, indent=2)
    (args.output / "experiments.json").write_text(text, encoding="utf-8")
    print(text)
    return 0


def figures(answers: Answers, count: int) -> dict[str, Any]:
    """All figures; ``count`` experiments of each kind."""
    ranked, mixed = hits(answers, answers.ranked), hits(answers, answers.mixed)
    same = credits(answers, answers.ranked, answers.ranked, 1)
    credit = credits(answers, answers.mixed, answers.ranked, 2)
    user = answers.user
    aa = runs(lambda draw: divided(user, ranked, ranked, draw), count, 11)
    merged_aa = runs(lambda draw: interleaved(user, same, draw), count, 12)
    ab = runs(lambda draw: divided(user, mixed, ranked, draw), count, 13)
    merged = runs(lambda draw: interleaved(user, credit, draw), count, 14)
    return {
        "answers": len(user),
        "users": len(set(user.tolist())),
        "runs": count,
        "hit_rate": {"ranker": float(ranked.mean()), "without": float(mixed.mean())},
        "credit_per_answer": float(credit.mean()),
        "alarms": {
            name: dict(zip(("watched", "fixed_intervals"), alarms(of), strict=True))
            for name, of in (("split", aa), ("interleaving", merged_aa))
        },
        "needed": {
            name: [asdict(needed(of, power)) for power in POWERS]
            for name, of in (("split", ab), ("interleaving", merged))
        },
    }


def _replay(args: argparse.Namespace, path: Path) -> None:
    window, begin = day_window(args.test_day, args.share, 1), time.monotonic()
    stream = from_clicks(args.clicks, window.end_ms)
    with threadpool_limits(1):
        answers, facts = replay(
            stream,
            load_params(NewsParams, FILE),
            window,
            lambda line: print(f"[{time.monotonic() - begin:,.0f} s] {line}", file=sys.stderr, flush=True),
        )
    save(path, answers)
    (path.parent / "replay.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-experiments", description=__doc__)
    file = CLICKS / "globo_clicks" / "clicks_2017-10-01_13.parquet"
    parser.add_argument("--clicks", type=Path, default=file, help="portal clicks in the columns of globo_clicks")
    parser.add_argument("--test-day", default=DAY, help="YYYY-MM-DD")
    parser.add_argument("--share", type=float, default=0.12, help="share of the users that take part, drawn by seed")
    parser.add_argument("--runs", type=int, default=200, help="experiments of each kind")
    parser.add_argument("--output", type=Path, default=Path("script_shared/evaluation/bench/experiments"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
