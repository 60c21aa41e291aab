"""Loads releases of the recruiting use case."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.erased_people import ErasedPeople
from app.use_case import Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.erasure import person_name
from script_shared.recruiting.ranking.matcher import Matcher
from script_shared.recruiting.release_folder import CARD
from script_shared.releases import Manifest

TRIAL = {"vacancy_id": "", "title": "Analista", "skills_text": "Java"}  # asked of each release before it serves


@dataclass(frozen=True)
class RecruitingRelease:
    """A loaded release, and who of its candidates was erased since."""

    matcher: Matcher
    erased: ErasedPeople
    card: dict[str, Any]


class RecruitingLoader(ReleaseLoader[RecruitingRelease]):
    """Args:
    erased: who was erased.
    """

    def __init__(self, erased: ErasedPeople) -> None:
        self._erased = erased

    @classmethod
    def of(cls, parts: Parts) -> "RecruitingLoader":
        """The loader of a running service."""
        return cls(ErasedPeople(parts.intake.log, person_name))

    def load(self, folder: Path, manifest: Manifest, *, in_part: bool) -> RecruitingRelease:
        """Load a release and have it answer once.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the answer is no list.
        """
        matcher = Matcher.load(folder, manifest.version)
        if not all(0 <= each.match_probability <= 1 for each in matcher.rank_candidates(TRIAL, None, 3)):
            raise ReleaseCorruptError(f"{folder}: its answers are no chances.", fix="Train it again.")
        return RecruitingRelease(matcher, self._erased, _card(folder))

    def card(self, loaded: RecruitingRelease) -> dict[str, Any]:
        """Counts and the model card."""
        matcher = loaded.matcher
        counts = {"vacancies": len(matcher.vacancies), "candidates": len(matcher.candidates)}
        return {**counts, "card": loaded.card}


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / CARD}: not a readable model card.", fix="Train it again.") from error
    return card
