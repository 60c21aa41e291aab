"""Loads releases of the students use case."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.students.erased_students import ErasedStudents
from app.use_case import Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError
from script_shared.params import load_params
from script_shared.releases import Manifest
from script_shared.students.features import RECORD
from script_shared.students.model import StudentsModel
from script_shared.students.params import FILE, StudentsParams
from script_shared.students.release_folder import CARD


@dataclass(frozen=True)
class StudentsRelease:
    """A loaded release, and who of its students was erased since."""

    model: StudentsModel
    erased: ErasedStudents
    card: dict[str, Any]


class StudentsLoader(ReleaseLoader[StudentsRelease]):
    """Args:
    erased: who was erased.
    refuse_missing: whether a record that lacks a feature is refused.
    """

    def __init__(self, erased: ErasedStudents, *, refuse_missing: bool = False) -> None:
        self._erased, self._refuse_missing = erased, refuse_missing

    @classmethod
    def of(cls, parts: Parts) -> "StudentsLoader":
        """The loader of a running service."""
        params = load_params(StudentsParams, parts.settings.of("students").params_file or FILE)
        return cls(ErasedStudents(parts.intake.log), refuse_missing=params.decision.missing == "refuse")

    def load(self, folder: Path, manifest: Manifest, *, in_part: bool) -> StudentsRelease:
        """Load a release and have it answer once.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the answer is no chance.
        """
        model = StudentsModel.load(folder, manifest.version, refuse_missing=self._refuse_missing)
        answer = model.of_record(dict.fromkeys(RECORD, 0.0))
        if not 0 <= answer.probabilities["critical"] <= 1 or model.of_student(model.store.ids.ids[0]) is None:
            raise ReleaseCorruptError(f"{folder}: its answers are no chances.", fix="Train it again.")
        return StudentsRelease(model, self._erased, _card(folder))

    def card(self, loaded: StudentsRelease) -> dict[str, Any]:
        """Counts and the model card."""
        return {"students": len(loaded.model.store), "card": loaded.card}


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / CARD}: not a readable model card.", fix="Train it again.") from error
    return card
