"""Fits all models on what is before a day: one replay gathers the rows of both rankers and of the classifier."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipelines.recruiting.training.applicants import Lists, Pairs, Retrieval, by_vacancy, is_hired, list_of
from pipelines.recruiting.training.cases import Day, Openness, next_vacancies, replay
from pipelines.recruiting.training.encoder_fit import EncodedData, encode_all, fit_encoder, project
from pipelines.recruiting.training.match_fit import fit_match
from pipelines.recruiting.training.order_fit import fit_order
from pipelines.recruiting.training.ranker_fit import CaseRows, fit_ranker
from pipelines.recruiting.training.records import Data
from script_shared.arrays import Bools, IntArray
from script_shared.recruiting.encoders.spaces import TextSpaces
from script_shared.recruiting.features.activity import Activity
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.world import World
from script_shared.recruiting.model_params import EncoderParams, EvaluationParams, MatchParams, RankerParams
from script_shared.recruiting.ranking import release_folder as names
from script_shared.recruiting.ranking.boosted import load_booster, save_booster
from script_shared.recruiting.ranking.match import Match

if TYPE_CHECKING:
    from lightgbm import Booster

FEW = 0.2  # share of the vacancies below which it is faster to compare the candidates with each one alone
REFIT_DAYS = 180  # the projection is learnt again after so many days of the replay, from the days before alone


@dataclass(frozen=True)
class ModelParams:
    """Params of all models."""

    encoder: EncoderParams
    ranker: RankerParams
    match: MatchParams
    evaluation: EvaluationParams
    openness: Openness


@dataclass(frozen=True)
class Models:
    """Fitted models.

    Attributes:
        until: days since 1970-01-01; they know nothing of that day or later.
        cases: that the vacancies' ranker has learnt from.
    """

    spaces: TextSpaces
    vacancy_ranker: "Booster"
    candidate_ranker: "Booster"
    match: Match
    until: int
    cases: int

    def save(self, folder: Path) -> None:
        """Write them into the folder of a release."""
        self.spaces.save(folder / names.ENCODER)
        save_booster(self.vacancy_ranker, folder / names.VACANCY_RANKER)
        save_booster(self.candidate_ranker, folder / names.CANDIDATE_RANKER)
        self.match.save(folder)

    @classmethod
    def load(cls, folder: Path, until: int) -> "Models":
        """Read them.

        Raises:
            ReleaseCorruptError: a file is missing or damaged.
        """
        return cls(
            TextSpaces.load(folder / names.ENCODER),
            load_booster(folder / names.VACANCY_RANKER, NAMES),
            load_booster(folder / names.CANDIDATE_RANKER, NAMES),
            Match.load(folder),
            until,
            0,
        )


def fit_models(data: Data, until: int, params: ModelParams) -> tuple[Models, World]:
    """Learn everything from the days before ``until``.

    Returns:
        the models, and the world with the final projection's vectors and the activity before ``until``.

    Raises:
        InputError: too few applications or hires to learn from, or a feature that gives the answer away.
    """
    data = data.before(until)
    found = gather(data, until, params)
    ranker = fit_ranker(found.cases.rows(), params.ranker)
    candidates = fit_ranker(found.lists.rows(), params.ranker)
    match = _match(data, found.pairs, until, params)
    spaces = project(data, found.encoded, until, params.encoder)
    found.world.project(*found.encoded.spaces(spaces))
    found.world.use(Activity(data.applications(np.arange(len(data.day)))))
    return Models(spaces, ranker, candidates, match, until, len(found.cases.labels)), found.world


@dataclass
class TrainingRows:
    """Training rows, and what they were made with.

    Attributes:
        cases: of the vacancies' ranker.
        lists: of the candidates' ranker.
        pairs: of the match classifier.
    """

    encoded: EncodedData
    world: World
    cases: Lists = field(default_factory=Lists)
    lists: Lists = field(default_factory=Lists)
    pairs: Pairs = field(default_factory=Pairs)


def gather(data: Data, until: int, params: ModelParams, *, vacancies_only: bool = False) -> TrainingRows:
    """Replay the newest days before ``until`` and gather the rows of all models.

    A projection flatters the pairs that it has learnt from, so the rows of each half-year are made with one that has
    learnt from the time before.

    Args:
        vacancies_only: rows of the vacancies' ranker alone.
    """
    encoded = encode_all(data, fit_encoder(data, params.encoder, until))
    first = first_day(data, until, params.ranker.days)
    spaces = encoded.spaces(project(data, encoded, first, params.encoder))
    world = World(data.vacancies, data.candidates, *spaces)
    found, draw = TrainingRows(encoded, world), np.random.default_rng(params.ranker.seed)
    retrieval, block, changed = Retrieval(data, world), first, np.zeros(0, np.int64)
    with_text = np.any(encoded.candidates, axis=1)
    share = min(1.0, params.ranker.cases / max(_count_cases(data, first, with_text), 1))
    for today in replay(data, world, first, until, params.openness):
        if today.day >= block + REFIT_DAYS:
            block = today.day
            world.project(*encoded.spaces(project(data, encoded, block, params.encoder)))
            retrieval.rebuild()
        cases = CaseRows(world)
        for case in next_vacancies(data, world, today, with_cv=True):
            if draw.random() < share:
                cases.add(case, params.ranker.negatives, draw)
        found.cases.features.append(cases.features())
        found.cases.labels += cases.labels
        if not vacancies_only:
            retrieval.refresh(today.day, changed)
            changed = np.unique(data.candidate[today.places])
            found.pairs.add(data, world, today)
            _add_lists(found.lists, data, world, today, retrieval, params.ranker, draw, share)
    return found


def _count_cases(data: Data, first: int, with_text: Bools) -> int:
    """Applications from ``first`` on of candidates who have a text or had applied on an earlier day.

    Args:
        with_text: bool (candidates).
    """
    begin = np.full(len(data.candidates), np.iinfo(np.int64).max)
    np.minimum.at(begin, data.candidate, data.day)
    known = with_text[data.candidate] | (data.day > begin[data.candidate])
    return int(((data.day >= first) & known).sum())


def _add_lists(
    lists: Lists,
    data: Data,
    world: World,
    today: Day,
    retrieval: Retrieval,
    params: RankerParams,
    draw: np.random.Generator,
    share: float,
) -> None:
    groups, found = by_vacancy(data, today.places), []
    vacancies = [int(data.vacancy[places[0]]) for places in groups]
    batch = retrieval.alike(vacancies) if share > FEW else None
    for at, (vacancy, places) in enumerate(zip(vacancies, groups, strict=True)):
        if draw.random() < share:
            alike = batch[at] if batch is not None else retrieval.alike([vacancy])[0]
            rows, labels = list_of(data, retrieval, alike, places, params.negatives, draw)
            if len(rows):
                found.append((vacancy, rows, labels))
    lists.add(world, found, today.day)


def _match(data: Data, pairs: Pairs, until: int, params: ModelParams) -> Match:
    features, places = pairs.rows()
    old = data.day[places] < until - params.match.min_days
    came = is_hired(data.grade[places])
    match = fit_match(features[old], came[old], params.match, params.evaluation.leak_alarm)
    return replace(match, order=fit_order(features[old], data.vacancy[places][old], came[old]))


def first_day(data: Data, until: int, days: int) -> int:
    """The first day of training rows: ``days`` before the end, but not before a third of the applications was made."""
    seen: IntArray = data.day[data.day < until]
    third = int(seen[len(seen) // 3]) if len(seen) else until
    return max(until - days, third)
