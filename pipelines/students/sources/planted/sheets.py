"""A year of the planted world as a sheet: headers and cells with the habits that such sheets have, by year.

The first year, the second, and all later ones are written in three ways, as the sheets of three years were: other
names of columns, phases, schools and genders, dates with day and month swapped, ages that became dates, empty columns.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from pipelines.students.sources.planted.world import GENDERS, SCHOOLS, World, Year
from script_shared.arrays import FloatArray, IntArray

Cells = list[Any]
STONES = ("Quartzo", "Ágata", "Ametista", "Topázio")
STONE_EDGES = (6.11, 7.08, 8.23)
SCHOOL_NAMES = (
    dict(zip(SCHOOLS, ["Escola Pública", "Rede Decisão", "Rede Decisão", "Escola JP II", "Escola JP II"], strict=True)),
    dict(
        zip(
            SCHOOLS,
            [
                "Pública",
                "Privada - Programa de Apadrinhamento",
                "Privada",
                "Privada *Parcerias com Bolsa 100%",
                "Bolsista Universitário *Formado (a)",
            ],
            strict=True,
        )
    ),
)
IDEAL_NAMES = (
    "ALFA  (2º e 3º ano)|Fase 1 (4º ano)|Fase 2 (5º e 6º ano)|Fase 3 (7º e 8º ano)|Fase 4 (9º ano)|Fase 5 (1º EM)"
    "|Fase 6 (2º EM)|Fase 7 (3º EM)|Fase 8 (Universitários)",
    "ALFA (1° e 2° ano)|Fase 1 (3° e 4° ano)|Fase 2 (5° e 6° ano)|Fase 3 (7° e 8° ano)|Fase 4 (9° ano)|Fase 5 (1° EM)"
    "|Fase 6 (2° EM)|Fase 7 (3° EM)|Fase 8 (Universitários)",
)


class Sheet:
    """Headers and columns of one year's sheet, built in order."""

    def __init__(self, world: World, number: int, seed: int, *, dirt: bool) -> None:
        self.world, self.number, self.dirt = world, number, dirt
        self.year: Year = world.years[number]
        self.style = min(number, 2) if dirt else 1
        self.draw = np.random.default_rng([seed, 2, self.year.year])
        self.headers: list[str] = []
        self.columns: list[Cells] = []

    def add(self, header: str, cells: Cells | None = None) -> None:
        """Put a column at the right end; None for an empty one."""
        self.headers.append(header)
        self.columns.append(cells if cells is not None else [None] * len(self.year.person))


def make_sheet(world: World, number: int, seed: int, *, dirt: bool) -> Sheet:
    """The sheet of one year; ``dirt=False`` writes every year as the second one, without its faults.

    Args:
        world: all students and years.
        number: place of the year, from 0.
        seed: the same seed gives the same sheet.
        dirt: whether sheets have the faults of real ones.
    """
    sheet = Sheet(world, number, seed, dirt=dirt)
    _who(sheet)
    _indices(sheet)
    _position(sheet)
    if dirt:
        _leftovers(sheet)
    return sheet


def _who(sheet: Sheet) -> None:
    year, people, style = sheet.year, sheet.world.people, sheet.style
    birth = people.birth_year[year.person]
    sheet.add("RA", [f"RA-{person + 1}" for person in year.person])
    sheet.add("Fase", _phases(sheet))
    sheet.add("Turma", [f"{phase}{'ABCD'[person % 4]}" for phase, person in zip(year.phase, year.person, strict=True)])
    sheet.add("Nome" if style == 0 else "Nome Anonimizado", [f"Aluno-{person + 1}" for person in year.person])
    if style == 0:
        sheet.add("Ano nasc", birth.tolist())
    else:
        sheet.add("Data de Nasc", _dates(sheet))
    sheet.add(f"Idade {year.year % 100:02d}" if style == 0 else "Idade", _ages(sheet, year.year - birth))
    names = ("Menina", "Menino") if style == 0 else ("Feminino", "Masculino")
    sheet.add("Gênero", [names[GENDERS.index(GENDERS[code])] for code in people.gender[year.person]])
    sheet.add("Instituição de ensino", _schools(sheet))


def _indices(sheet: Sheet) -> None:
    year, style = sheet.year, sheet.style
    names = ("Matem", "Portug", "Inglês") if style == 0 else ("Mat", "Por", "Ing")
    sheet.add(f"INDE {year.year}" if style else f"INDE {year.year % 100}", _inde(sheet))
    sheet.add(f"Pedra {year.year}" if style else f"Pedra {year.year % 100}", _stones(sheet))
    for name in ("iaa", "ieg", "ips", *(("ipp",) if style else ()), "ida"):
        sheet.add(name.upper(), _numbers(sheet, name))
    for header, name in zip(names, ("mat", "por", "ing"), strict=True):
        sheet.add(header, _numbers(sheet, name))
    sheet.add("IPV", _numbers(sheet, "ipv"))
    sheet.add("IAN", _numbers(sheet, "ian"))


def _position(sheet: Sheet) -> None:
    year, style = sheet.year, sheet.style
    texts = IDEAL_NAMES[min(style, 1)].split("|")
    sheet.add("Fase ideal" if style == 0 else "Fase Ideal", [texts[phase] for phase in year.ideal])
    sheet.add("Defas" if style == 0 else "Defasagem", year.lag.tolist())


def _leftovers(sheet: Sheet) -> None:
    """Columns that sheets have and nobody needs: people's names, doubled headers, empty ones."""
    rows, year = len(sheet.year.person), sheet.year.year
    sheet.add("Nº Av", sheet.draw.integers(2, 5, rows).tolist())
    sheet.add("Avaliador1", [f"Avaliador-{code}" for code in sheet.draw.integers(1, 7, rows)])
    if sheet.style == 0:
        sheet.add("Rec Psicologia", ["Sem limitações"] * rows)
        return
    sheet.add(f"INDE {year % 100}")
    sheet.add(f"Pedra {year % 100 - 1}")
    for header in ("Cg", "Cf", "Ct", "Rec Av1", "Rec Psicologia", "Indicado", "Destaque IPV", "Destaque IPV"):
        sheet.add(header)
    if sheet.style == 2:
        sheet.add("Ativo/ Inativo", ["Cursando"] * rows)
        sheet.add("Ativo/ Inativo", ["Cursando"] * rows)


def _phases(sheet: Sheet) -> Cells:
    forms: Sequence[Callable[[int, int], Any]] = (
        lambda phase, person: phase,
        lambda phase, person: "ALFA" if phase == 0 else f"FASE {phase}",
        lambda phase, person: "ALFA" if phase == 0 else f"{phase}{'ABCD'[person % 4]}",
    )
    return [
        forms[sheet.style](int(phase), int(person))
        for phase, person in zip(sheet.year.phase, sheet.year.person, strict=True)
    ]


def _dates(sheet: Sheet) -> Cells:
    """Dates of birth; in the dirty second year texts such as 6/17/2015, or dates whose day and month are swapped."""
    people, person = sheet.world.people, sheet.year.person
    parts = zip(people.birth_year[person], people.birth_month[person], people.birth_day[person], strict=True)
    if not (sheet.dirt and sheet.style == 1):
        return [datetime(int(year), int(month), int(day)) for year, month, day in parts]
    return [
        datetime(int(year), int(day), int(month)) if day <= 12 else f"{month}/{day}/{year}"
        for year, month, day in parts
    ]


def _ages(sheet: Sheet, ages: IntArray) -> Cells:
    """Ages; in the dirty second year a tenth of them are cells that were formatted as dates."""
    if not (sheet.dirt and sheet.style == 1):
        return list(map(int, ages))
    dates = sheet.draw.random(len(ages)) < 0.1
    first = datetime(1899, 12, 31)
    return [first + timedelta(int(age)) if date else int(age) for age, date in zip(ages, dates, strict=True)]


def _schools(sheet: Sheet) -> Cells:
    names = SCHOOL_NAMES[0 if sheet.style == 0 else 1]
    found = [names[SCHOOLS[code]] for code in sheet.world.people.school[sheet.year.person]]
    if sheet.style == 2:
        return [
            name.replace("Apadrinhamento", "apadrinhamento") if place % 2 else name for place, name in enumerate(found)
        ]
    return found


def _numbers(sheet: Sheet, name: str) -> Cells:
    """An index; dirty sheets hold 10.01 for 10, and nothing for a few students."""
    values = sheet.year.indices[name]
    if not sheet.dirt:
        return _cells(values)
    values = np.where(values >= 10, 10.01, values) if name == "ipv" and sheet.style == 1 else values
    empty = sheet.draw.random(len(values)) < (0.0 if name == "ian" or sheet.style == 0 else 0.03)
    return _cells(np.where(empty, np.nan, values))


def _inde(sheet: Sheet) -> Cells:
    cells = _cells(sheet.year.indices["inde"])
    if sheet.dirt and sheet.style == 2:
        return ["INCLUIR" if place % 29 == 0 else str(cell) for place, cell in enumerate(cells)]
    return cells


def _stones(sheet: Sheet) -> Cells:
    steps = np.searchsorted(STONE_EDGES, sheet.year.indices["inde"])
    names = [STONES[step] for step in steps]
    return [name.replace("Ágata", "Agata") for name in names] if sheet.style else list(names)


def _cells(values: FloatArray) -> Cells:
    return [None if np.isnan(value) else float(value) for value in values]
