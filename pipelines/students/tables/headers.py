"""Reads a sheet's headers by the column-name table: where our columns are, and the messages about the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.students.tables.column_names import Column, Match, Message, header_text, match, used_columns
from script_shared.errors import InputError


@dataclass(frozen=True)
class EarlierColumn:
    """A column of an earlier year than its sheet, which is left out.

    Attributes:
        sheet, sheet_year: name and year of its sheet.
        header: its name in the sheet.
        column, year: the column and the year that it means.
    """

    sheet: str
    sheet_year: int
    header: str
    column: Column
    year: int


@dataclass
class Reading:
    """Positions of our columns in one sheet, and the messages about it.

    Attributes:
        places: by our name the position of the column in the sheet.
        messages: what a person should know of the sheet.
        earlier: filled columns of earlier years than the sheet.
    """

    places: dict[str, int] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    earlier: list[EarlierColumn] = field(default_factory=list)


def read_headers(sheet: str, year: int, headers: Sequence[str], filled: Callable[[int], int]) -> Reading:
    """Find our columns among a sheet's headers.

    Args:
        sheet: its name, for messages.
        year: that the sheet is of.
        headers: as they stand there, "" where there is none.
        filled: how many cells of the column at a position hold something.

    Raises:
        InputError: a required column is missing, or a column is of a later year than the sheet.
    """
    reading = Reading()
    candidates: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        found = match(header)
        _refuse_later(sheet, year, header, found)
        if found.column is None:
            _report_unknown(reading, sheet, header, found, filled(place))
        elif found.column.kind in ("ignored", "personal"):
            continue
        elif found.year is None or found.year == year:
            candidates.setdefault(found.column.name, []).append(place)
        elif filled(place):
            reading.earlier.append(EarlierColumn(sheet, year, header_text(header), found.column, found.year))
    for name, places in candidates.items():
        reading.places[name] = _fullest(reading, sheet, name, [(place, headers[place]) for place in places], filled)
    for column in used_columns():
        _report_missing(reading, sheet, column, filled)
    for message in reading.messages:
        message.year = year
    return reading


def report_earlier(columns: Sequence[EarlierColumn], has: Callable[[str, int], bool]) -> list[Message]:
    """Messages about columns of earlier years, one for all columns of a sheet that lose the same.

    Args:
        columns: columns of all sheets.
        has: whether the sheet of a year has values of our column with a name.
    """
    found: dict[tuple[str, str], Message] = {}
    for each in columns:
        lost = "" if has(each.column.name, each.year) else f"{each.column.lost} (of {each.year})"
        what = "is of an earlier year than the sheet and is left out"
        what += "; no sheet of that year has such values" if lost else "; the sheet of that year has such values"
        message = found.setdefault((each.sheet, lost), Message(each.sheet, "", what, lost, each.sheet_year))
        message.column += f", {each.header}" if message.column else each.header
    return list(found.values())


def _refuse_later(sheet: str, year: int, header: str, found: Match) -> None:
    if found.year is None or found.year <= year:
        return
    if found.column is not None or str(found.year) in header:  # the 31 of an unknown "Question 31" is a number
        raise InputError(
            f"sheet {sheet} is of {year}, and its column {header_text(header)} is of {found.year}: "
            "values that exist only later let a model learn the answer.",
            fix=f"Move the column into the sheet of {found.year}.",
        )


def _report_unknown(reading: Reading, sheet: str, header: str, found: Match, cells: int) -> None:
    if not header.strip():
        if cells:
            what = f"has no name and {cells:,} filled cells"
            reading.messages.append(Message(sheet, "(no name)", what, "its content"))
        return
    hint = f"; is it {found.suggestion}?" if found.suggestion else ""
    what = f"is not in the column-name table{hint}"
    reading.messages.append(Message(sheet, header_text(header), what, "its content" if cells else ""))


def _fullest(
    reading: Reading, sheet: str, name: str, places: list[tuple[int, str]], filled: Callable[[int], int]
) -> int:
    """Of several columns that mean the same, the one with the most cells; the first of equals."""
    best = max(places, key=lambda pair: filled(pair[0]))
    if len([pair for pair in places if filled(pair[0])]) > 1:
        others = ", ".join(header_text(header) for place, header in places if place != best[0])
        what = f"is there {len(places)} times ({header_text(best[1])}, {others}); the one with the most cells is used"
        reading.messages.append(Message(sheet, name, what))
    return best[0]


def _report_missing(reading: Reading, sheet: str, column: Column, filled: Callable[[int], int]) -> None:
    place = reading.places.get(column.name)
    if place is not None and filled(place):
        return
    if column.required:
        raise InputError(
            f"sheet {sheet}, column {column.name}: is {'missing' if place is None else 'empty'}. Lost: {column.lost}.",
            fix=f"Add it; known names are {', '.join(column.spellings)}.",
        )
    instead = any(name in reading.places and filled(reading.places[name]) for name in column.either)
    if column.optional or instead:
        return
    reading.messages.append(Message(sheet, column.name, "is missing" if place is None else "is empty", column.lost))
