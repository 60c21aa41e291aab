"""Loads a release of students from a backup, as a check that it can be served."""

from pathlib import Path

from script_shared.errors import ReleaseCorruptError
from script_shared.params import Params
from script_shared.students.features import RECORD
from script_shared.students.model import StudentsModel


def load_release(folder: Path, _: Params) -> None:
    """Load the model and the students, and have the model answer.

    Args:
        folder: of the release.
        _: of the use case, which loading does not need.

    Raises:
        ReleaseError: a part is missing or damaged.
    """
    answer = StudentsModel.load(folder).of_record(dict.fromkeys(RECORD, 0.0))
    if not 0 <= answer.probabilities["critical"] <= 1:
        raise ReleaseCorruptError(f"{folder}: its answers are not probabilities.", fix="Use another backup.")
