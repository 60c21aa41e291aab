"""Portuguese texts of vacancies and CVs, written from what is planted."""

import numpy as np

from pipelines.recruiting.sources.planted.personal import KINDS, Identity, PlantedPiece, write_piece
from pipelines.recruiting.sources.planted.vocabulary import areas, words
from pipelines.recruiting.sources.planted.world import World, city_of, skill_names

HEADERS = ("name", "address", "phone", "mail", "link", "birth", "cpf")


def one(rng: np.random.Generator, texts: list[str]) -> str:
    """Any of some texts."""
    return texts[int(rng.integers(len(texts)))]


def vacancy_texts(world: World, place: int, rng: np.random.Generator) -> dict[str, str]:
    """Title, activities, skills and remarks of a vacancy."""
    vacancies = world.vacancies
    area = areas()[int(vacancies.area[place])]
    skills = skill_names(int(vacancies.area[place]), vacancies.skills[place])
    level = words()["levels"][int(vacancies.level[place])]
    activities = [one(rng, area.activities).format(skill=skill) for skill in skills]
    wanted = [f"Experiência com {skill}" for skill in skills] + rng.permutation(words()["behaviours"])[:2].tolist()
    english = words()["languages"][int(vacancies.english[place])]
    return {
        "title": f"{one(rng, area.roles)} {skills[0]} {level}",
        "activities": ". ".join(activities) + ".",
        "skills": "; ".join(wanted) + f". Inglês {english.lower()}.",
        "remarks": one(rng, words()["remarks"]),
    }


def cv_text(world: World, person: int, who: Identity, rng: np.random.Generator) -> tuple[str, list[PlantedPiece]]:
    """A CV: personal data in any of its ways, a summary, jobs, skills and schools; and what of it is personal."""
    people = world.people
    area = areas()[int(people.area[person])]
    skills = skill_names(int(people.area[person]), people.skills[person])
    level = words()["levels"][int(people.level[person])]
    state, city = city_of(int(people.city[person]))
    head = [write_piece(who, kind, int(rng.integers(100))) for kind in HEADERS if kind == "name" or rng.random() < 0.75]
    lines = [piece.text for piece in head]
    lines += [f"{city} - {state}", "", "OBJETIVO", f"Atuar como {one(rng, area.roles)} {level}.", "", "RESUMO"]
    years = int(rng.integers(1, 5) + 4 * people.level[person])
    lines += [f"{years} anos de experiência com {', '.join(skills[:3])}.", "", "EXPERIÊNCIA PROFISSIONAL"]
    lines += _jobs(area.activities, area.roles, skills, rng)
    lines += ["", "CONHECIMENTOS", ", ".join(skills), "", "FORMAÇÃO"]
    lines += [f"{one(rng, words()['courses'])} - {one(rng, words()['schools'])} ({2000 + int(rng.integers(20))})"]
    lines += [f"Inglês: {words()['languages'][int(people.english[person])]}"]
    if rng.random() < 0.3:
        again = write_piece(who, one(rng, list(KINDS)), int(rng.integers(100)))
        head.append(again)
        lines.append(again.text)
    return "\n".join(lines), head


def _jobs(activities: list[str], roles: list[str], skills: list[str], rng: np.random.Generator) -> list[str]:
    year, lines = 2023, []
    for _ in range(int(rng.integers(1, 4))):
        begin = year - int(rng.integers(1, 5))
        lines.append(f"{one(rng, words()['companies'])} - {one(rng, roles)} ({begin} - {year})")
        lines += [one(rng, activities).format(skill=one(rng, skills)) + "." for _ in range(int(rng.integers(2, 4)))]
        year = begin
    return lines
