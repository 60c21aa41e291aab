"""Loads a release of news from a backup, as a check that it can be served."""

from pathlib import Path

from script_shared.errors import ReleaseCorruptError
from script_shared.news.model import NewsModel
from script_shared.news.params import FILE, NewsParams
from script_shared.news.serving.loading import load_newsroom, load_ranker
from script_shared.params import load_params


def load_release(folder: Path) -> None:
    """Load the model, the live state and the ranker, and have the model answer.

    Args:
        folder: of the release.

    Raises:
        ReleaseError: a part is missing or damaged.
    """
    NewsModel.load(folder).check()
    missing = (*load_newsroom(folder, load_params(NewsParams, FILE).live)[1], *load_ranker(folder)[1])
    if missing:
        raise ReleaseCorruptError(f"{folder}: {', '.join(missing)} cannot be loaded.", fix="Use another backup.")
