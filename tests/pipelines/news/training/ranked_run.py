"""A run up to its ranked folders, on data in which readers keep to the section that they like."""

from pathlib import Path

from pipelines.news.training.assemble import assemble
from pipelines.news.training.ranker_step import rank
from pipelines.news.training.segments import train
from pipelines.runs import Run
from pipelines.use_case import Context
from script_shared.news.params import FILE, NewsParams
from script_shared.news.segments import SEGMENT_NAMES
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.factory import write_refined

CHANGES = (
    *("logged.als.factors = 8", "semi_logged.clusters = 4", "split.window_hours = 12", "ranking.hours = 24"),
    *("ranking.requests = 1200", "ranker.trees = 60", "ranker.min_rows_in_leaf = 40", "live.articles = 512"),
)


def ranked(root: Path, *changes: str, users: int = 2000) -> Context:
    """Refined, trained, assembled and ranked."""
    settings = Settings(data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation")
    context = Context(settings, load_params(NewsParams, FILE, [*CHANGES, *changes]), Run(root / "data" / "news", "r1"))
    with context.run.write("refined") as (folder, facts):
        write_refined(folder, users=users)
        facts.update(source="sample", events_seq=17)
    for segment in SEGMENT_NAMES:
        train(context, segment)
    assemble(context)
    rank(context)
    return context
