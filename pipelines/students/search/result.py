"""What a search found, for the training and for the records of its tries."""

import json
from typing import Any

from pipelines.runs import Run
from pipelines.students.search.space import change_params
from script_shared.students.params import StudentsParams

FILE = "choice.json"


def found_in(run: Run) -> dict[str, Any]:
    """What the run's search wrote; nothing where there was none.

    Args:
        run: whose step search is read.

    Returns:
        ``tries``, ``choice`` (None without one), ``records``.
    """
    if not run.complete("search"):
        return {}
    found: dict[str, Any] = json.loads((run.folder("search") / FILE).read_text(encoding="utf-8"))
    return found


def params_found(run: Run, params: StudentsParams) -> StudentsParams:
    """The params with the model that the run's search found best; unchanged without a search.

    Args:
        run: whose step search is read.
        params: as read from the params file.
    """
    choice = found_in(run).get("choice") if params.search.trials else None
    return params if choice is None else params.model_copy(update={"model": change_params(params.model, choice)})
