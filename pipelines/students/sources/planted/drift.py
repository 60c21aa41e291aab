"""A planted drift of a year's sheet: its values change, the students' outcomes do not."""

import numpy as np

from pipelines.students.sources.planted.sheets import Cells, Sheet

FALLING = {"IDA": 2.5, "IEG": 2.0, "Mat": 2.0, "MAT": 2.0}  # points at a drift of 1, by header
EMPTY = {"IPS": 0.6}  # share of cells that are left out at a drift of 1
SCHOOL, OTHER_SCHOOL = "Instituição de ensino", "Ensino domiciliar"
NEW = "Frequência"  # the header that no earlier sheet has


def drift(sheet: Sheet, size: float) -> None:
    """Change the sheet by a drift between 0 (none) and 1.

    Args:
        sheet: changed in place.
        size: how large the drift is.
    """
    draw = np.random.default_rng([sheet.year.year, 3])
    for place, header in enumerate(sheet.headers):
        cells = sheet.columns[place]
        if header in FALLING:
            sheet.columns[place] = _lower(cells, size * FALLING[header])
        elif header in EMPTY:
            sheet.columns[place] = _replace_cells(cells, None, size * EMPTY[header], draw)
        elif header == SCHOOL:
            sheet.columns[place] = _replace_cells(cells, OTHER_SCHOOL, size * 0.3, draw)
    sheet.add(NEW, draw.integers(60, 101, len(sheet.year.person)).tolist())


def _lower(cells: Cells, points: float) -> Cells:
    return [None if cell is None else round(max(cell - points, 0.0), 3) for cell in cells]


def _replace_cells(cells: Cells, value: object, share: float, draw: np.random.Generator) -> Cells:
    chosen = draw.random(len(cells)) < share
    return [value if yes else cell for cell, yes in zip(cells, chosen, strict=True)]
