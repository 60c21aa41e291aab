"""Every trap that such sheets hold, each in a workbook of its own, from the file to checked records."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.students.tables.bronze import TABLE
from pipelines.students.use_case import STUDENTS
from script_shared.errors import InputError
from tests.pipelines.students.conftest import do, make_context, write_workbook

HEADER = ["RA", "Fase", "Nome", "Ano nasc", "Gênero", "Instituição de ensino", "Turma", "Fase ideal", "Defas"]
INDICES = ["IAA", "IEG", "IPS", "IDA", "Matem", "Portug", "IPV"]
ROW: list[Any] = ["RA-1", 2, "Ana Segredo", 2012, "Menina", "Escola Pública", "A", "Fase 3 (7º e 8º ano)", -1]
MARKS = [8.0, 9.0, 7.5, 6.0, 5.5, 6.5, 7.0]


def read(tmp_path: Path, headers: list[Any], rows: list[list[Any]], sheet: str = "PEDE2023") -> pl.DataFrame:
    """One sheet through landing, bronze and silver."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_workbook(folder / "book.xlsx", {sheet: [headers, *rows]})
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    do(context, "landing", "bronze", "silver")
    return pl.read_parquet(context.run.read("silver") / TABLE)


def changed(header: str, value: Any, tmp_path: Path, new_header: str | None = None) -> Any:
    """The cell of silver after one cell, and perhaps its header, was changed; by the header's place."""
    place = (HEADER + INDICES).index(header)
    headers, row = [*HEADER, *INDICES], [*ROW, *MARKS]
    headers[place], row[place] = new_header or header, value
    return read(tmp_path, headers, [row]).to_dicts()[0]


@pytest.mark.parametrize(
    ("cell", "phase"),
    [(0, 0), (3, 3), ("ALFA", 0), ("FASE 1", 1), ("1A", 1), ("8E", 8), ("9", 9), ("Fase 4", 4), (" fase  2 ", 2)],
)
def test_phases_in_all_spellings(tmp_path: Path, cell: Any, phase: int) -> None:
    assert changed("Fase", cell, tmp_path)["phase"] == phase


@pytest.mark.parametrize(
    ("text", "phase"),
    [("ALFA  (2º e 3º ano)", 0), ("Fase 1 (3° e 4° ano)", 1), ("Fase 8 (Universitários)", 8), ("Fase 5 (1° EM)", 5)],
)
def test_ideal_phases_with_either_sign(tmp_path: Path, text: str, phase: int) -> None:
    assert changed("Fase ideal", text, tmp_path)["ideal_phase"] == phase


@pytest.mark.parametrize(("cell", "gender"), [("Menina", "girl"), ("Masculino", "boy"), ("FEMININO ", "girl")])
def test_genders(tmp_path: Path, cell: str, gender: str) -> None:
    assert changed("Gênero", cell, tmp_path)["gender"] == gender


@pytest.mark.parametrize(
    ("cell", "school"),
    [
        ("Escola Pública", "public"),
        ("Pública", "public"),
        ("Privada - Programa de Apadrinhamento", "private sponsored"),
        ("Privada - Programa de apadrinhamento", "private sponsored"),
        ("Privada *Parcerias com Bolsa 100%", "private partner"),
        ("Privada", "private"),
        ("Nenhuma das anteriores", "other"),
    ],
)
def test_schools(tmp_path: Path, cell: str, school: str) -> None:
    assert changed("Instituição de ensino", cell, tmp_path)["school"] == school


@pytest.mark.parametrize("cell", [datetime(2015, 6, 3), datetime(2015, 3, 6), "6/17/2015", "2015-06-17"])
def test_dates_of_birth_with_day_and_month_in_any_order(tmp_path: Path, cell: Any) -> None:
    assert changed("Ano nasc", cell, tmp_path, "Data de Nasc")["birth_year"] == 2015


@pytest.mark.parametrize("cell", [8, datetime(1900, 1, 8)])
def test_an_age_that_became_a_date_is_its_number_of_days(tmp_path: Path, cell: Any) -> None:
    assert changed("Ano nasc", cell, tmp_path, "Idade")["birth_year"] == 2015


@pytest.mark.parametrize(
    ("cell", "value"), [(10.01, 10.0), (10.002, 10.0), ("7,5", 7.5), ("INCLUIR", None), (-1, None)]
)
def test_indices_a_little_above_are_cut_and_others_are_empty(tmp_path: Path, cell: Any, value: float | None) -> None:
    assert changed("IPV", cell, tmp_path)["ipv"] == value


def test_an_index_far_above_is_left_out_not_cut(tmp_path: Path) -> None:
    assert changed("IPV", 75, tmp_path)["ipv"] is None


def test_a_missing_lag_is_phase_minus_ideal_phase(tmp_path: Path) -> None:
    assert changed("Defas", None, tmp_path)["lag"] == -1


def test_titles_above_the_header_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    blank: list[Any] = [None] * len(HEADER + INDICES)
    found = read(
        tmp_path, ["Associação"], [blank, [*HEADER, *INDICES], [*ROW, *MARKS], blank, ["RA-2", *ROW[1:], *MARKS]]
    )
    assert found["ra"].to_list() == ["RA-1", "RA-2"]


def test_a_doubled_header_of_an_empty_column_is_harmless(tmp_path: Path) -> None:
    found = read(
        tmp_path, [*HEADER, *INDICES, "IPV", "Destaque IPV", "Destaque IPV"], [[*ROW, *MARKS, None, None, None]]
    )
    assert found["ipv"].to_list() == [7.0]


def test_rejected_rows_have_their_reason_and_place(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = [[f"RA-{number}", *ROW[1:]] for number in range(2, 30)]
    bad = [[None, *ROW[1:]], ["RA-90", "?", *ROW[2:]], ["RA-91", *ROW[1:-2], None, None], ["ra - 2", *ROW[1:]]]
    write_workbook(folder / "book.xlsx", {"PEDE2023": [HEADER, *good, *bad]})
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    facts = do(context, "landing", "bronze", "silver")
    assert facts["rejected"] == {"no_id": 1, "no_phase": 1, "no_status": 1, "repeated": 1}
    table = pl.read_parquet(context.run.read("silver") / "rejected.parquet")
    assert table.filter(pl.col("reason") == "no_id")["row"].to_list() == [30]


def test_a_year_of_which_too_much_is_rejected_stops_with_year_and_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 of 2 rows of 2023 cannot be used: 1 rows: the phase is missing"):
        read(tmp_path, HEADER, [ROW, ["RA-2", "?", *ROW[2:]]])


def test_names_of_people_are_in_no_table_and_no_message(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_workbook(folder / "book.xlsx", {"PEDE2023": [HEADER, ROW]})
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    do(context, "landing", "bronze", "silver")
    for step in ("bronze", "silver"):
        for file in context.run.read(step).iterdir():
            assert b"Segredo" not in file.read_bytes()


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    book = write_workbook(folder / "a.xlsx", {"PEDE2023": [HEADER, ROW]})
    (folder / "copy of a.xlsx").write_bytes(book.read_bytes())
    (folder / "~$a.xlsx").write_bytes(b"lock")
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    assert len(do(context, "landing")["same"]) == 1
    assert do(context, "bronze")["years"] == {"2023": 1}


@pytest.mark.parametrize(("mode", "students"), [("replace", ["RA-1", "RA-3"]), ("merge", ["RA-1", "RA-2", "RA-3"])])
def test_a_later_sheet_of_a_year_corrects_the_earlier_one(tmp_path: Path, mode: str, students: list[str]) -> None:
    import os

    folder = tmp_path / "in"
    folder.mkdir()
    old = write_workbook(folder / "z-first.xlsx", {"PEDE2023": [HEADER, ROW, ["RA-2", *ROW[1:]]]})
    new = write_workbook(folder / "a-later.xlsx", {"2023": [HEADER, [*ROW[:-1], -2], ["RA-3", *ROW[1:]]]})
    os.utime(old, (1_000_000, 1_000_000))
    os.utime(new, (2_000_000, 2_000_000))
    context = make_context(tmp_path, f'bronze.corrections = "{mode}"', source="workbooks", source_path=folder)
    facts = do(context, "landing", "bronze")
    told = {"changed": 1, "unchanged": 0, "added": 1, "not_named": 1}
    assert facts["corrections"] == [{"year": 2023, "file": "a-later.xlsx", "sheet": "2023", **told}]
    do(context, "silver")
    records = pl.read_parquet(context.run.read("silver") / TABLE)
    assert records["ra"].to_list() == students
    assert records["lag"].to_list()[0] == -2


def test_a_sheet_without_a_year_takes_the_files_year_or_is_left_out_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_workbook(folder / "pede 2022.xlsx", {"Plan1": [HEADER, ROW]})
    write_workbook(folder / "notes.xlsx", {"Plan1": [HEADER, ROW, ROW]})
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    facts = do(context, "landing", "bronze")
    assert facts["years"] == {"2022": 1}
    assert "neither the sheet nor its file is named by one year" in " ".join(facts["warnings"])


def by_file(folder: Path, years: dict[int, list[str]]) -> None:
    """A workbook for each year, with the year in the file name only, and with more columns."""
    folder.mkdir()
    for year, more in years.items():
        rows = [[f"RA-{number}", *ROW[1:], *MARKS, *[year / 300] * len(more)] for number in range(3)]
        write_workbook(folder / f"pede {year}.xlsx", {"Plan1": [[*HEADER, *INDICES, *more], *rows]})


def test_a_new_column_is_drift_where_only_the_files_name_has_the_year(tmp_path: Path) -> None:
    by_file(tmp_path / "in", {2022: ["Sala"], 2023: ["Sala"], 2024: ["Sala", "Frequência"]})
    context = make_context(tmp_path, source="workbooks", source_path=tmp_path / "in")
    facts = do(context, "landing", "bronze", "silver", "gold", "quality")
    assert facts["new_columns"] == ["Frequência"]


def test_columns_of_earlier_years_are_named_with_what_is_lost(tmp_path: Path) -> None:
    by_file(tmp_path / "in", {2022: ["INDE 22"], 2024: ["INDE 22", "IDA 2023", "Pedra 23", "INDE 2024"]})
    context = make_context(tmp_path, source="workbooks", source_path=tmp_path / "in")
    left_out = "is of an earlier year than the sheet and is left out"
    assert do(context, "landing", "bronze")["warnings"] == [
        f"sheet Plan1, column INDE 22: {left_out}; the sheet of that year has such values.",
        f"sheet Plan1, column IDA 2023: {left_out}; no sheet of that year has such values. "
        "Lost: the index of learning (of 2023).",
        f"sheet Plan1, column Pedra 23: {left_out}; no sheet of that year has such values. "
        "Lost: nothing: it is INDE in four steps (of 2023).",
    ]


def test_what_is_no_workbook_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    context = make_context(tmp_path, source="workbooks", source_path=tmp_path / "broken.xlsx")
    with pytest.raises(InputError, match=r"broken\.xlsx: is no workbook that can be read"):
        do(context, "landing", "bronze")


def test_two_years_are_too_few_and_the_message_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_workbook(folder / "book.xlsx", {"PEDE2022": [HEADER, ROW], "PEDE2023": [HEADER, ROW]})
    context = make_context(tmp_path, source="workbooks", source_path=folder)
    with pytest.raises(InputError, match="a pair of years is needed to train, and a later one to test"):
        do(context, "landing", "bronze", "silver", "gold")


def test_an_unknown_source_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=", ".join(STUDENTS.sources)):
        do(make_context(tmp_path, source="sheets"), "landing")
