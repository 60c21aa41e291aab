"""A small release with planted tastes, made once for all tests that ask it."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pipelines.news.as_of import snapshot_of
from pipelines.news.dataset import Dataset
from pipelines.news.training.assemble import put_together
from pipelines.news.training.segments import members_of
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, ModelParams, NewsParams
from script_shared.news.recommenders.base import Recommender
from script_shared.news.segments import SEGMENTS
from script_shared.params import load_params
from tests.pipelines.news.factory import write_refined

SMALL = ("logged.als.factors = 8", "semi_logged.clusters = 4", "pool.popular = 60", "pool.recent = 30")


def params(*changes: str) -> ModelParams:
    """The params file, made small."""
    return load_params(NewsParams, FILE, [*SMALL, *changes]).model


def fit_all(dataset: Dataset, as_of_ms: int, params: ModelParams) -> dict[str, Recommender]:
    """Every segment's recommender, fitted as of a moment."""
    known = snapshot_of(dataset, as_of_ms)
    return {s.name: s.recommender.fit(known, members_of(known, s.name), params) for s in SEGMENTS}


@cache
def made() -> tuple[Path, Dataset]:
    """A release folder and the data it was made of."""
    root = Path(mkdtemp(prefix="pauta-model-"))
    data = Dataset.load(write_refined(root / "refined"))
    put_together(fit_all(data, data.end_ms, params()), data, data.end_ms, root / "release", params())
    return root / "release", data


def model() -> NewsModel:
    """The release, loaded again."""
    return NewsModel.load(made()[0], "small")
