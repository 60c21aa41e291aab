"""The column-name table, against drawn spellings and the headers that sheets of three years have."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.students.tables.column_names import match, normal, table, year_in
from pipelines.students.tables.headers import read_headers
from script_shared.errors import InputError

SPELLINGS = [(spelling, column.name) for column in table() for spelling in column.spellings]
NEEDED = ["RA", "Fase", "Fase Ideal", "Defasagem", "Ano nasc", "Gênero", "Instituição de ensino", "Turma"]
INDICES = ["IDA", "IEG", "IPV", "IAA", "IPS", "Mat", "Por"]


def test_no_spelling_means_two_columns() -> None:
    names = [normal(spelling.replace("{yyyy}", "").replace("{yy}", "")) for spelling, _ in SPELLINGS]
    columns = {
        name: {other for each, (_, other) in zip(names, SPELLINGS, strict=True) if each == name} for name in names
    }
    assert all(len(found) == 1 for found in columns.values())


@settings(deadline=None)
@given(
    st.sampled_from(SPELLINGS),
    st.sampled_from([str.upper, str.title, str.casefold]),
    st.sampled_from(["", " ", "\t", "  \n"]),
    st.sampled_from([" ", "  ", "_", "-", " / "]),
    st.integers(2000, 2099),
)
def test_a_spelling_is_found_in_any_case_with_any_blanks_and_punctuation(
    spelling: tuple[str, str], case: object, edge: str, gap: str, year: int
) -> None:
    text = spelling[0].replace("{yyyy}", str(year)).replace("{yy}", f"{year % 100:02d}")
    found = match(edge + case(text.replace(" ", gap)) + edge)  # type: ignore[operator]
    assert found.column is not None
    assert found.column.name == spelling[1]
    assert found.year in (None, year)


@settings(deadline=None)
@given(st.sampled_from(["Gênero", "Instituição de ensino", "Inglês", "Português", "Matemática"]))
def test_composed_and_decomposed_accents_and_none_are_one(header: str) -> None:
    plain = "".join(letter for letter in unicodedata.normalize("NFD", header) if not unicodedata.combining(letter))
    forms = [unicodedata.normalize("NFC", header), unicodedata.normalize("NFD", header), plain]
    assert len({match(form).column.name for form in forms}) == 1  # type: ignore[union-attr]


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_header_is_read_without_an_error(header: str) -> None:
    match(header)
    year_in(header)


@pytest.mark.parametrize("header", ["INDE 2024", "Defasagem 2024", "Pedra 24"])
def test_a_column_of_a_later_year_is_refused_by_name(header: str) -> None:
    with pytest.raises(InputError, match=rf"sheet PEDE2023 is of 2023, and its column {header} is of 2024"):
        read_headers("PEDE2023", 2023, [*NEEDED, header], lambda place: 5)


def test_a_number_in_an_unknown_name_is_no_year() -> None:
    reading = read_headers("PEDE2023", 2023, [*NEEDED, *INDICES, "Questão 31"], lambda place: 5)
    assert [message.column for message in reading.messages] == ["Questão 31"]


def test_a_column_of_an_earlier_year_is_not_taken_for_this_years() -> None:
    reading = read_headers("PEDE2023", 2023, [*NEEDED, *INDICES, "INDE 22", "INDE 2023"], lambda place: 5)
    assert reading.places["inde"] == len(NEEDED) + len(INDICES) + 1
    assert [(each.header, each.column.name, each.year) for each in reading.earlier] == [("INDE 22", "inde", 2022)]


def test_an_empty_column_of_an_earlier_year_is_not_reported() -> None:
    headers = [*NEEDED, *INDICES, "INDE 22"]
    reading = read_headers("A", 2023, headers, lambda place: 0 if headers[place] == "INDE 22" else 5)
    assert (reading.earlier, reading.messages) == ([], [])


def test_an_unknown_column_is_named_with_a_suggestion() -> None:
    reading = read_headers("PEDE2023", 2023, [*NEEDED, *INDICES, "Idaa"], lambda place: 5)
    assert [str(message) for message in reading.messages] == [
        "sheet PEDE2023, column Idaa: is not in the column-name table; is it ida?. Lost: its content."
    ]


def test_a_missing_column_says_what_is_lost() -> None:
    reading = read_headers("PEDE2023", 2023, [*NEEDED, *INDICES[1:]], lambda place: 5)
    assert [str(message) for message in reading.messages] == [
        "sheet PEDE2023, column ida: is missing. Lost: the index of learning."
    ]


def test_a_column_that_is_empty_counts_as_missing() -> None:
    headers = [*NEEDED, *INDICES]
    reading = read_headers("A", 2023, headers, lambda place: 0 if headers[place] == "IEG" else 5)
    assert [(message.column, message.what) for message in reading.messages] == [("ieg", "is empty")]


def test_of_two_columns_of_one_name_the_fuller_is_used_and_told() -> None:
    headers = [*NEEDED, *INDICES, "Defas"]
    reading = read_headers("A", 2023, headers, lambda place: 9 if headers[place] == "Defas" else 5)
    assert reading.places["lag"] == len(headers) - 1
    assert "is there 2 times (Defas, Defasagem)" in str(reading.messages[0])


def test_a_sheet_without_ids_is_refused() -> None:
    with pytest.raises(InputError, match=r"sheet A, column ra: is missing.* Lost: who is who"):
        read_headers("A", 2023, NEEDED[1:], lambda place: 5)


def test_names_of_people_are_not_among_what_is_read() -> None:
    reading = read_headers("A", 2023, [*NEEDED, *INDICES, "Nome", "Avaliador1"], lambda place: 5)
    assert not {"name", "evaluator"} & set(reading.places)
