"""The models that are measured side by side: the candidate, plain rules, and the release in service where fair."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.students.evaluation.measures import Answers
from pipelines.students.tables.gold import columns_in, status_now
from pipelines.use_case import Context
from script_shared.arrays import IntArray
from script_shared.errors import PautaError
from script_shared.students.features import STATUSES
from script_shared.students.release_folder import HELD_OUT
from script_shared.students.risk_model import RiskModel

CANDIDATE, IN_SERVICE, SAME, PREVALENCE = "candidate", "in_service", "same_as_this_year", "prevalence"
SEEN = "it has learned from the pair of years that is measured"


@dataclass
class ModelAnswers:
    """Answers by model.

    Attributes:
        answers: by model.
        release: version of the release in service, None when there is none.
        missing: why a model could not be measured, by model.
    """

    answers: dict[str, Answers] = field(default_factory=dict)
    release: str | None = None
    missing: dict[str, str] = field(default_factory=dict)


def measured_models(context: Context, candidate: RiskModel, rows: pl.DataFrame) -> ModelAnswers:
    """The answers of all models on the rows of the test.

    The release in service is measured by the model that it serves when that has not seen the test's pair of years, else
    by the one that was held out in its own training, when that has not.
    """
    found = ModelAnswers()
    found.answers[CANDIDATE] = answers_of(candidate, rows)
    found.answers[SAME] = _same(status_now(rows))
    found.answers[PREVALENCE] = _prevalence(candidate.facts["statuses"], rows.height)
    pointer = context.releases.current()
    if pointer is None:
        return found
    found.release = pointer.version
    try:
        folder = context.releases.fetch(pointer.version)
        models = [RiskModel.load(folder), RiskModel.load(folder / HELD_OUT)]
    except PautaError as error:
        found.missing[IN_SERVICE] = type(error).__name__
        return found
    year = int(rows["year"][0])
    fair = [model for model in models if model.facts["last_target_year"] <= year]
    if fair:
        found.answers[IN_SERVICE] = answers_of(fair[0], rows)
    else:
        found.missing[IN_SERVICE] = SEEN
    return found


def answers_of(model: RiskModel, rows: pl.DataFrame) -> Answers:
    """What a model says of rows of gold."""
    chances = model.chances(model.matrix(columns_in(rows)))
    return Answers(chances, model.statuses(chances), chances[:, 1] >= model.thresholds.urgent)


def _same(now: IntArray) -> Answers:
    chances = np.stack([now > 0, now == 2], axis=1).astype(float)
    return Answers(chances, now, now == 2)


def _prevalence(statuses: Mapping[str, int], rows: int) -> Answers:
    """The shares of the training years for everybody."""
    counts = np.array([statuses[name] for name in STATUSES], float)
    shares = counts / counts.sum()
    chances = np.tile([shares[1:].sum(), shares[2]], (rows, 1))
    return Answers(chances, np.full(rows, int(np.argmax(counts)), np.int8), np.zeros(rows, bool))
