"""Loads a release of news from a backup, as a check that it can be served."""

import json
from pathlib import Path

from script_shared.errors import ReleaseCorruptError
from script_shared.news.model import NewsModel
from script_shared.news.params import LiveParams, NewsParams
from script_shared.news.serving.loading import load_newsroom, load_ranker
from script_shared.news.state.state_io import FACTS


def load_release(folder: Path, params: NewsParams) -> None:
    """Load the model, the live state and the ranker, and have the model answer.

    Args:
        folder: of the release.
        params: of this installation. A live state that was saved with another number of articles is not loaded: it is
            not damaged, and the service folds the log again.

    Raises:
        ReleaseError: a part is missing or damaged.
    """
    NewsModel.load(folder).check()
    missing = list(load_ranker(folder)[1])
    if not _has_other_bounds(folder / "live" / FACTS, params.live):
        missing += load_newsroom(folder, params.live)[1]
    if missing:
        raise ReleaseCorruptError(f"{folder}: {', '.join(missing)} cannot be loaded.", fix="Use another backup.")


def _has_other_bounds(facts: Path, live: LiveParams) -> bool:
    """Whether the live state was saved with other bounds; False where that cannot be read, which loading reports."""
    try:
        articles = json.loads(facts.read_bytes())["params"]["articles"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    return isinstance(articles, int) and articles != live.articles
