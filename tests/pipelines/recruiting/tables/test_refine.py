"""What becomes of the habits of such files."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.recruiting.tables import values
from pipelines.recruiting.tables.columns import SCHEMAS
from pipelines.recruiting.tables.raw import write_raw
from pipelines.recruiting.tables.reading import Tables, read_tables
from pipelines.use_case import Context
from script_shared.errors import InputError
from script_shared.recruiting.refused import REFUSED, refuse_leaks
from tests.pipelines.recruiting.conftest import candidate, do, make_context, prospect, vacancy, write_agency


def one(expression: pl.Expr, text: str | None) -> Any:
    return pl.DataFrame({"x": [text]}, schema={"x": pl.String}).select(expression).item()


def tables_of(tmp_path: Path, *agency: Any, overrides: tuple[str, ...] = ()) -> tuple[Tables, dict[str, Any]]:
    folder = write_agency(tmp_path / "in", *agency)
    context = make_context(tmp_path, *overrides, source="json", source_path=folder)
    facts = do(context, "landing", "refine")
    return read_tables(context.run.read("refined")), facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-03-2024", date(2024, 3, 12)),
        ("12/03/2024 10:30:00", date(2024, 3, 12)),
        ("2024-03-12 00:00:00.000000", date(2024, 3, 12)),
        ("00-00-0000", None),
        ("01-01-1970", None),
        ("0000-00-00", None),
        ("31-02-2024", None),
        ("em breve", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_are_read_in_every_spelling(text: str | None, expected: date | None) -> None:
    assert one(values.day("x", 2000), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IND - Consultor SAP MM - 2607395", "Consultor SAP MM"),
        ("Operation Lead -", "Operation Lead"),
        ("ANALISTA PL/JR C/ SQL", "ANALISTA PL/JR C/ SQL"),
        ("Dev 2024", "Dev 2024"),
        ("-", None),
    ],
)
def test_titles_lose_their_numbers_and_marks(text: str, expected: str | None) -> None:
    assert one(values.title("x"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TI - Projetos-TI - SAP-", ["TI - Projetos", "TI - SAP"]),
        ("TI - Qualidade/Testes-", ["TI - Qualidade/Testes"]),
        ("Administrativa, Financeira/Controladoria", ["Administrativa", "Financeira/Controladoria"]),
        ("", []),
        (None, []),
    ],
)
def test_areas_that_run_together_are_separated(text: str | None, expected: list[str]) -> None:
    assert one(values.areas("x"), text).to_list() == expected


def test_contract_types_are_the_same_list_in_any_order() -> None:
    assert one(values.contract_types("x"), "PJ/Autônomo, CLT Full").to_list() == ["CLT Full", "PJ/Autônomo"]
    assert one(values.contract_types("x"), "CLT Full, PJ/Autônomo").to_list() == ["CLT Full", "PJ/Autônomo"]


def test_a_generated_run_has_the_schemas_of_the_contract(refined: Context) -> None:
    for name, schema in SCHEMAS.items():
        assert dict(pl.read_parquet(refined.run.read("refined") / name).schema) == schema


def test_statuses_have_the_grades_of_the_params(tmp_path: Path) -> None:
    rows = [
        prospect("1", "Contratado como Hunting"),
        prospect("2", "Contratado pela Decision", updated="20-02-2024"),
        prospect("3", "Desistiu"),
        prospect("4", "Encaminhado ao Requisitante"),
        prospect("5", "Prospect"),
        prospect("6", ""),
    ]
    tables, facts = tables_of(tmp_path, {"1": vacancy()}, {"1": candidate()}, {"1": rows})
    table = tables.applications.sort("candidate_id")
    assert table["grade"].to_list() == [4, 4, 0, 1, None, None]
    assert table["updated_on"].to_list()[:2] == [None, date(2024, 2, 20)]
    assert table["status"].to_list()[-1] is None
    assert facts["grades"] == {"undecided": 2, "0": 1, "1": 1, "4": 2}


def test_who_and_what_only_applications_name_is_a_row_of_its_own(tmp_path: Path) -> None:
    tables, _ = tables_of(tmp_path, {"1": vacancy()}, {"1": candidate()}, {"1": [prospect("1")], "9": [prospect("8")]})
    assert tables.candidates["candidate_id"].to_list() == ["1", "8"]
    bare = tables.vacancies.filter(pl.col("vacancy_id") == "9").row(0, named=True)
    assert (bare["title"], bare["asked_on"], bare["areas"]) == ("Título", None, [])


def test_rows_that_cannot_be_used_are_kept_with_their_reason(tmp_path: Path) -> None:
    rows = [prospect("1"), prospect("1"), prospect("1", applied="00-00-0000"), prospect("")]
    tables, facts = tables_of(
        tmp_path,
        {"1": vacancy(), "2": vacancy(title="-")},
        {"1": candidate()},
        {"1": rows},
        overrides=("refine.max_rejected = 1",),
    )
    assert tables.applications.height == 1
    assert sorted(facts["rejected"].values()) == [1, 1, 1, 1]


def test_too_many_rejected_rows_stop_the_run_and_say_why(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1 of 1 rows of vacancies cannot be used: 1 rows: the vacancy has no title"):
        tables_of(tmp_path, {"1": vacancy(title="")}, {"1": candidate()}, {"1": [prospect("1")]})


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_planted_leak_is_refused_by_name_with_the_reason(tmp_path: Path, name: str) -> None:
    frame = pl.DataFrame(
        {"candidate_id": ["1"], "vacancy_id": ["1"], "applied_on": ["05-02-2024"], name.upper(): ["x"]}
    )
    with pytest.raises(InputError, match="is refused: "):
        write_raw(tmp_path, "applications", frame)


def test_the_columns_of_the_tables_are_no_leaks() -> None:
    for schema in SCHEMAS.values():
        refuse_leaks(schema)


def test_a_client_is_the_same_pseudonym_in_every_run(tmp_path: Path) -> None:
    tables, _ = tables_of(tmp_path, {"1": vacancy(), "2": vacancy()}, {"1": candidate()}, {"1": [prospect("1")]})
    clients = set(tables.vacancies["client"])
    assert len(clients) == 1
    assert "secreto" not in clients.pop().lower()
