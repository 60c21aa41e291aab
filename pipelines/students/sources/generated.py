"""Source ``generated``: workbooks of a seeded, planted association, so that the product runs without anybody's data."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.students.sources.planted.drift import drift
from pipelines.students.sources.planted.sheets import Sheet, make_sheet
from pipelines.students.sources.planted.world import ABILITY, BASE, ENGAGEMENT, World, make_world
from pipelines.use_case import Context
from script_shared.students.params import GeneratedParams, RulerParams

VERSION = 2  # of the generator; another version makes other workbooks out of the same params
TRUTH = "truth"  # folder beside the workbooks' folder: what was planted
CREATED = datetime(2024, 2, 26)  # in the workbooks' properties, so that the same params give the same bytes


def fingerprint(context: Context) -> str:
    """Params and version of the generator: the same fingerprint means the same workbooks."""
    content = {"version": VERSION, **context.params.generated.model_dump(), **context.params.ruler.model_dump()}
    return "generated:" + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write the workbooks into the folder, and what was planted into ``truth`` beside it."""
    return generate(folder, context.params.generated, context.params.ruler)


def generate(folder: Path, params: GeneratedParams, ruler: RulerParams) -> dict[str, Any]:
    """Write the workbooks of these params.

    Returns:
        students of each year and people in all.
    """
    world = make_world(params, ruler)
    sheets = {
        f"PEDE{year.year}": make_sheet(world, number, params.seed, dirt=params.dirt)
        for number, year in enumerate(world.years)
    }
    if params.drift:
        drift(sheets[f"PEDE{world.years[-1].year}"], params.drift)
    if params.files == "one":
        first, last = world.years[0].year, world.years[-1].year
        write_workbook(folder / f"PEDE_{first}-{last % 100:02d}.xlsx", sheets)
    else:
        for name, sheet in sheets.items():
            write_workbook(folder / f"{name}.xlsx", {name: sheet})
    write_truth(folder.parent / TRUTH, world)
    return {"students": len(world.years[-1].person), "people": len(world.people.birth_year)}


def write_workbook(path: Path, sheets: dict[str, Sheet]) -> None:
    """Write sheets by name into one workbook, row by row, so that memory stays small."""
    from xlsxwriter import Workbook

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": False}
    with Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED})
        for name, sheet in sheets.items():
            page = book.add_worksheet(name)
            page.write_row(0, 0, sheet.headers)
            for number, row in enumerate(zip(*sheet.columns, strict=True), start=1):
                page.write_row(number, 0, row)


def write_truth(folder: Path, world: World) -> None:
    """What was planted: each student's chance to be promoted and to lag next year, and the coefficients."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        pl.DataFrame(
            {
                "ra": [f"RA-{person + 1}" for person in year.person],
                "year": [year.year] * len(year.person),
                "promotion": year.promotion,
                "lagging_next": world.lagging_next(number),
            }
        )
        for number, year in enumerate(world.years)
    ]
    pl.concat(parts).write_parquet(folder / "students.parquet")
    content = {"base": BASE, "ability": ABILITY, "engagement": ENGAGEMENT}
    (folder / "promotion.json").write_text(json.dumps(content), encoding="utf-8")
