"""Loads releases of the students use case."""

import json
from pathlib import Path
from typing import Any

from app.use_case import Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError
from script_shared.params import load_params
from script_shared.releases import Manifest
from script_shared.students.features import RECORD
from script_shared.students.model import StudentsModel
from script_shared.students.params import FILE, StudentsParams
from script_shared.students.release_folder import CARD


class StudentsLoader(ReleaseLoader[StudentsModel]):
    """Args:
    refuse_missing: whether a record that lacks a feature is refused.
    """

    def __init__(self, *, refuse_missing: bool = False) -> None:
        self._refuse_missing = refuse_missing
        self._cards: dict[str, Any] = {}

    @classmethod
    def of(cls, parts: Parts) -> "StudentsLoader":
        """The loader of a running service."""
        params = load_params(StudentsParams, parts.settings.of("students").params_file or FILE)
        return cls(refuse_missing=params.decision.missing == "refuse")

    def load(self, folder: Path, manifest: Manifest, *, in_part: bool) -> StudentsModel:
        """Load a release and have it answer once.

        Raises:
            ReleaseCorruptError: a file is missing or damaged, or the answer is no chance.
        """
        model = StudentsModel.load(folder, manifest.version, refuse_missing=self._refuse_missing)
        self._cards = {manifest.version: _card(folder)}
        answer = model.of_record(dict.fromkeys(RECORD, 0.0))
        if not 0 <= answer.probabilities["critical"] <= 1 or model.of_student(model.store.ids.ids[0]) is None:
            raise ReleaseCorruptError(f"{folder}: its answers are no chances.", fix="Train it again.")
        return model

    def card(self, loaded: StudentsModel) -> dict[str, Any]:
        """Counts and the model card."""
        return {"students": len(loaded.store), "card": self._cards.get(loaded.version, {})}


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseCorruptError(f"{folder / CARD}: not a readable model card.", fix="Train it again.") from error
    return card
