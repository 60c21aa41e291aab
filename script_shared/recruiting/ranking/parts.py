"""Reads what a release's folder holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from script_shared.arrays import load_array
from script_shared.errors import ReleaseCorruptError
from script_shared.recruiting.encoders.spaces import SPACES, TextSpaces
from script_shared.recruiting.features.activity import Activity, Application
from script_shared.recruiting.features.feature_names import NAMES
from script_shared.recruiting.features.world import World
from script_shared.recruiting.index.base import VectorIndex
from script_shared.recruiting.index.kinds import open_index
from script_shared.recruiting.ranking import release_folder as names
from script_shared.recruiting.ranking.boosted import load_booster
from script_shared.recruiting.ranking.match import Match
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.records import Candidate, Vacancy

if TYPE_CHECKING:
    from lightgbm import Booster


@dataclass(frozen=True)
class Parts:
    """What a release's folder holds."""

    spaces: TextSpaces
    vacancies: People[Vacancy]
    candidates: People[Candidate]
    world: World
    vacancy_ranker: "Booster"
    candidate_ranker: "Booster"
    match: Match
    vacancy_index: VectorIndex
    candidate_index: VectorIndex
    facts: Mapping[str, Any]


def load_parts(folder: Path) -> Parts:
    """Map a release folder into memory; nothing is unpickled.

    Raises:
        ReleaseCorruptError: a file is missing or damaged.
    """
    vacancies: People[Vacancy] = People.load(Vacancy, folder / names.VACANCIES)
    candidates: People[Candidate] = People.load(Candidate, folder / names.CANDIDATES)
    return Parts(
        spaces=TextSpaces.load(folder / names.ENCODER),
        vacancies=vacancies,
        candidates=candidates,
        world=_world(folder, vacancies, candidates),
        vacancy_ranker=load_booster(folder / names.VACANCY_RANKER, NAMES),
        candidate_ranker=load_booster(folder / names.CANDIDATE_RANKER, NAMES),
        match=Match.load(folder),
        vacancy_index=open_index(folder / names.INDEX / names.VACANCIES),
        candidate_index=open_index(folder / names.INDEX / names.CANDIDATES),
        facts=_facts(folder),
    )


def _world(folder: Path, vacancies: People[Vacancy], candidates: People[Candidate]) -> World:
    sides = (names.VACANCIES, names.CANDIDATES)
    vectors = [{space: load_array(folder / names.VECTORS / side, space) for space in SPACES} for side in sides]
    sizes = (len(vacancies), len(candidates))
    if any(len(array) != size for each, size in zip(vectors, sizes, strict=True) for array in each.values()):
        raise ReleaseCorruptError(f"{folder}: vectors and records differ in number.", fix="Train it again.")
    rows = load_array(folder, names.APPLICATIONS)
    if rows.ndim != 2 or rows.shape[1] != 5 or (len(rows) and (rows[:, :2] >= sizes[::-1]).any()):
        raise ReleaseCorruptError(f"{folder}: applications name unknown rows.", fix="Train it again.")
    activity = Activity(Application(*row) for row in rows.tolist())
    return World(vacancies.all(), candidates.all(), vectors[0], vectors[1], activity)


def _facts(folder: Path) -> Mapping[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / names.FACTS).read_text(encoding="utf-8"))
        numbers = [int(facts[name]) for name in ("day", "retrieved", "asked_days", "applied_days")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseCorruptError(f"{folder / names.FACTS}: not readable.", fix="Train it again.") from error
    return facts if min(numbers) >= 0 else {}
