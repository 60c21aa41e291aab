"""Own files as real programs write them: types that change, letters that come late, ids of pandas, endless tables."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.news.sources.own.normal import clicks_of, number
from pipelines.news.sources.own.reading import kind_of, open_table
from script_shared.errors import InputError
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params

MAPPING = {"user": "user", "article": "article", "time": "time"}


def write_lines(file: Path, rows: Sequence[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def ids(file: Path) -> list[tuple[str, str]]:
    """Distinct users and articles of the clicks of a file."""
    clicks = clicks_of(file, MAPPING, load_params(NewsParams, FILE).files)
    return clicks.select("user", "article").unique().sort("article", "user").rows()


def test_ids_may_be_numbers_first_and_texts_later_and_columns_begin_late(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"user": 7, "article": 1, "time": 1_793_534_400}] * 10_001
    rows.append({"user": "ana", "article": "a-1", "time": "2026-11-01T12:00:00Z", "device": "phone"})
    file = write_lines(tmp_path / "clicks.jsonl", rows)
    assert ids(file) == [("7", "1"), ("ana", "a-1")]
    with open_table(file) as table:
        assert table.collect()["device"].drop_nulls().to_list() == ["phone"]


def test_structures_are_left_out_whatever_they_hold(tmp_path: Path) -> None:
    row = {"user": "u", "article": "a", "time": 1_793_534_400}
    rows = [row | {"extra": {"a": 1}}, row | {"extra": {"a": {"b": 1}}}, row | {"extra": {"a": [1]}}]
    file = write_lines(tmp_path / "clicks.jsonl", rows)
    with open_table(file) as table:
        assert table.collect_schema().names() == ["user", "article", "time"]
    assert ids(file) == [("u", "a")]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_the_first_accent_says_the_encoding_wherever_it_is(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "clicks.csv"
    plain = "u,a,1793534400\n" * 80_000
    file.write_text(f"user,article,time\n{plain}josé,maçã,1793534400\n", encoding=encoding)
    assert file.stat().st_size > 1 << 20
    assert kind_of(file).encoding == encoding
    assert ids(file) == [("u", "a"), ("josé", "maçã")]


def test_an_accent_that_the_file_ends_with_says_the_encoding(tmp_path: Path) -> None:
    file = tmp_path / "clicks.csv"
    file.write_text("article,time,user\na,1793534400,josé", encoding="cp1252")
    assert ids(file) == [("josé", "a")]


def test_a_broken_letter_behind_sound_ones_is_damage(tmp_path: Path) -> None:
    file = tmp_path / "clicks.csv"
    text = "user,article,time\njosé,a,1793534400\n" + "u,a,1793534400\n" * 80_000
    file.write_bytes(text.encode() + b"jos\xe9,a,1793534400\n")
    with pytest.raises(InputError, match="line 80,003 is not UTF-8"):
        ids(file)


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_whole_ids_that_pandas_made_floats_are_the_same_users(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"clicks.{kind}"
    table = pl.DataFrame({"user": [1.0, None, 20.0], "article": [3.0, 4.0, 5.0], "time": [1_793_534_400] * 3})
    {"parquet": table.write_parquet, "csv": table.write_csv, "jsonl": table.write_ndjson}[kind](file)
    assert ids(file) == [("1", "3"), (None, "4"), ("20", "5")]


def test_ids_that_look_like_versions_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "clicks.csv"
    file.write_text("user,article,time\n1.0,a,1793534400\n1.1,a,1793534400\n")
    assert ids(file) == [("1.0", "a"), ("1.1", "a")]


def test_floats_with_a_fraction_and_huge_ones_are_read_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "clicks.parquet"
    pl.DataFrame({"n": [1.5, 2.0, 1e300, float("inf"), float("nan"), None]}).write_parquet(file)
    with open_table(file) as table:
        assert table.collect()["n"].to_list() == ["1.5", "2", "1e+300", "inf", None, None]


def test_a_parquet_of_few_bytes_and_millions_of_rows_is_refused(tmp_path: Path) -> None:
    file, rows = tmp_path / "clicks.parquet", 2_000_000
    cells = {"user": "u" * 400, "article": "a", "time": 1_793_534_400}
    pl.select(pl.repeat(value, rows).alias(name) for name, value in cells.items()).write_parquet(file)
    assert file.stat().st_size < 200_000
    with pytest.raises(InputError, match=r"clicks\.parquet: 2,000,000 rows in [\d,]+ bytes"):
        ids(file)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", 1234.5),
        ("-1.234.567,8", -1_234_567.8),
        ("1.234.567", 1_234_567.0),
        ("1,234,567", 1_234_567.0),
        ("12,34,567.8", 1_234_567.8),
        ("1.234", 1.234),
        ("1,234", 1.234),
        ("1e-3", 0.001),
        ("1.2.3", None),
        ("1.2,3,4", None),
    ],
)
def test_the_last_separator_of_a_number_is_the_decimal_one(text: str, value: float | None) -> None:
    assert pl.DataFrame({"n": [text]}).select(number("n"))["n"].to_list() == [value]
