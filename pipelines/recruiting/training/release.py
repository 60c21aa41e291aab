"""Writes the folder of a release: models, vectors, indexes, and what the API shows."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from pipelines.recruiting.training.models import Models
from pipelines.recruiting.training.records import Data
from script_shared.arrays import FloatArray, save_arrays
from script_shared.recruiting.encoders.spaces import SPACES
from script_shared.recruiting.features.world import World
from script_shared.recruiting.index.base import Entry, Tags
from script_shared.recruiting.index.kinds import new_index
from script_shared.recruiting.model_params import IndexParams
from script_shared.recruiting.ranking import release_folder as names
from script_shared.recruiting.ranking.people import People
from script_shared.recruiting.ranking.profiles import profiles, tags_of_candidate, tags_of_vacancy
from script_shared.recruiting.records import Candidate, Vacancy
from script_shared.recruiting.release_folder import CANDIDATES, VACANCIES


def write_release(
    folder: Path, data: Data, models: Models, world: World, index: IndexParams, facts: dict[str, int]
) -> None:
    """Write everything that ``Matcher.load`` reads; candidates without a word and without an application are left out
    of the index.

    Args:
        facts: day that counts as today, and when a vacancy is open.
    """
    models.save(folder)
    People.of(Vacancy, data.vacancies).save(folder / names.VACANCIES)
    People.of(Candidate, data.candidates).save(folder / names.CANDIDATES)
    sides = ((names.VACANCIES, world.vacancy_vectors), (names.CANDIDATES, world.candidate_vectors))
    for side, vectors in sides:
        save_arrays(folder / names.VECTORS / side, {space: vectors(space) for space in SPACES})
    for name, records in ((CANDIDATES, data.candidates), (VACANCIES, data.vacancies)):
        _write_lines(folder / name, records)
    columns = (data.candidate, data.vacancy, data.day, data.updated, data.grade)
    save_arrays(folder, {names.APPLICATIONS: np.stack(columns, axis=1).astype(np.int32)})
    people = profiles(world, np.arange(len(data.candidates)))
    version = models.spaces.version
    tags = [tags_of_candidate(each) for each in data.candidates]
    _index(folder / names.INDEX / names.CANDIDATES, data.candidates, people, tags, index, version)
    things = world.vacancy_vectors("learnt")
    tags = [tags_of_vacancy(each) for each in data.vacancies]
    _index(folder / names.INDEX / names.VACANCIES, data.vacancies, things, tags, index, version)
    content = {"encoder": version, "retrieved": index.retrieved, "until": models.until, **facts}
    (folder / names.FACTS).write_text(json.dumps(content), encoding="utf-8")


def _write_lines(file: Path, records: Sequence[Vacancy] | Sequence[Candidate]) -> None:
    """Records by the columns of their table, a line each; no CV among it."""
    with file.open("wb") as lines:
        for record in records:
            shown = {name: value for name, value in record.columns().items() if name != "cv_text"}
            lines.write(orjson.dumps(shown) + b"\n")


def _index(
    folder: Path,
    records: Sequence[Vacancy] | Sequence[Candidate],
    vectors: FloatArray,
    tags: Sequence[Tags],
    params: IndexParams,
    encoder: str,
) -> None:
    filled = np.flatnonzero(vectors.any(axis=1)).tolist()
    index = new_index(params, vectors.shape[1], encoder, len(filled))
    index.upsert([Entry(records[row].id, vectors[row], tags[row]) for row in filled], encoder)
    index.save(folder)
