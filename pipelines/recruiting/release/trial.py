"""Loads a release of recruiting from a backup, as a check that it can be served."""

from pathlib import Path

from script_shared.errors import ReleaseCorruptError
from script_shared.params import Params
from script_shared.recruiting.ranking.matcher import Matcher

VACANCY = {"vacancy_id": "", "title": "Analista", "skills_text": "Java"}


def load_release(folder: Path, _: Params) -> None:
    """Load the models and indexes, and have them rank candidates.

    Args:
        folder: of the release.
        _: of the use case, which loading does not need.

    Raises:
        ReleaseError: a part is missing or damaged.
    """
    found = Matcher.load(folder, "").rank_candidates(VACANCY, None, 3)
    if not all(0 <= each.match_probability <= 1 for each in found):
        raise ReleaseCorruptError(f"{folder}: its answers are not probabilities.", fix="Use another backup.")
