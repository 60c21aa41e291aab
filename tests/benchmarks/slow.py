"""``make bench-slow-site``: a year of a slow site through the pipeline at its defaults; NDCG@10 beside most read."""

import argparse
import tempfile
from pathlib import Path

from pipelines.news.evaluation.charts import label
from pipelines.news.evaluation.result import CANDIDATE, Evaluation, read_evaluation
from pipelines.news.evaluation.step import evaluate
from pipelines.news.release.gate import gate
from pipelines.news.site import site_of
from pipelines.news.training.assemble import assemble
from pipelines.news.training.ranker_step import rank
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.slow_site import make, write_refined


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.slow", description=__doc__)
    parser.add_argument("--life-days", type=float, default=3.0, help="time in which interest falls to 1/e")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pauta-slow-") as folder:
        context = _context(Path(folder), args.set)
        with context.run.write("refined") as (refined, facts):
            write_refined(refined, make(life_days=args.life_days, seed=args.seed))
            facts.update(source="slow site", login_flag="known")
        for segment in SEGMENT_NAMES:
            train(context, segment)
        for step in (assemble, rank, evaluate):
            step(context)
        verdict = gate(context)
        clicks = read_evaluation(context.run.read("evaluated") / "metrics.json").by_click()
        assert clicks is not None
        print(site_of(context), table(clicks), f"accepted: {verdict['accepted']}", *verdict["reasons"], sep="\n")


def table(clicks: Evaluation) -> str:
    """NDCG@10 by model and segment with 95 % intervals, as Markdown."""
    segments = [*clicks.segments, "all"]
    lines = [f"| | {' | '.join(label(name) for name in segments)} |", "|---" * (len(segments) + 1) + "|"]
    for model in (*(name for name in clicks.models() if name != CANDIDATE), CANDIDATE):
        found = [clicks.figure(model, segment, "ndcg", 10) for segment in segments]
        cells = [f"{of.value:.3f} ({of.low:.3f} to {of.high:.3f})" for of in found if of is not None]
        lines.append(f"| {label(model)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _context(root: Path, changes: list[str]) -> Context:
    settings = Settings(
        data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation", cache_dir=root
    )
    return Context(settings, load_params(NewsParams, FILE, changes), Run(root / "data" / "news", "slow"))


if __name__ == "__main__":
    main()
