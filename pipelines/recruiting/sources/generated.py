"""Source ``generated``: the nested files of an invented agency, so that the product runs without anybody's data."""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import polars as pl

from pipelines.recruiting.sources.nested.layout import files_in
from pipelines.recruiting.sources.nested.read import read_nested
from pipelines.recruiting.sources.planted.drift import add_drift
from pipelines.recruiting.sources.planted.files import FIRST_CANDIDATE, FIRST_VACANCY, Files, make_files
from pipelines.recruiting.sources.planted.outcomes import Applications, make_applications
from pipelines.recruiting.sources.planted.world import World, make_world, skill_names
from pipelines.recruiting.tables.landing import TRUTH
from pipelines.use_case import Context
from script_shared.recruiting.params import GeneratedParams

VERSION = 1  # of the generator; another version makes other files out of the same params


def fingerprint(context: Context) -> str:
    """Params and version of the generator: the same fingerprint means the same files."""
    content = {"version": VERSION, **context.params.generated.model_dump(exclude_defaults=True)}
    return "generated:" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write the raw tables, and what was planted into ``truth`` beside them."""
    with TemporaryDirectory(prefix="pauta-recruiting-") as scratch:
        world, applications, _ = generate(Path(scratch), context.params.generated)
        facts = read_nested(context, files_in(Path(scratch)), folder)
    write_truth(folder / TRUTH, world, applications)
    return facts


def generate(folder: Path, params: GeneratedParams) -> tuple[World, Applications, Files]:
    """Write the three nested files of these params into the folder; returns what they were made from."""
    world = make_world(params)
    applications = make_applications(world, params)
    files = make_files(world, applications, params.seed, dirt=params.dirt)
    add_drift(files, params)
    for name, content in (
        ("vagas.json", files.vacancies),
        ("applicants.json", files.candidates),
        ("prospects.json", files.prospects),
    ):
        (folder / name).write_bytes(orjson.dumps(content))
    return world, applications, files


def write_truth(folder: Path, world: World, found: Applications) -> None:
    """What was planted: skills of both sides, how well each pair fits, and the groups of the planted bias."""
    folder.mkdir(parents=True)
    people, vacancies = world.people, world.vacancies
    ids = [str(FIRST_CANDIDATE + place) for place in range(len(people.area))]
    skills = [skill_names(int(people.area[place]), people.skills[place]) for place in range(len(ids))]
    pl.DataFrame({"candidate_id": ids, "skills": skills, "is_woman": people.is_woman}).write_parquet(
        folder / "candidates.parquet"
    )
    numbers = range(len(vacancies.area))
    wanted = [skill_names(int(vacancies.area[place]), vacancies.skills[place]) for place in numbers]
    pl.DataFrame({"vacancy_id": [str(FIRST_VACANCY + place) for place in numbers], "skills": wanted}).write_parquet(
        folder / "vacancies.parquet"
    )
    pairs = {
        "candidate_id": [ids[place] for place in found.person.tolist()],
        "vacancy_id": [str(FIRST_VACANCY + place) for place in found.vacancy.tolist()],
        "fit": found.fit,
    }
    pl.DataFrame(pairs).write_parquet(folder / "pairs.parquet")
