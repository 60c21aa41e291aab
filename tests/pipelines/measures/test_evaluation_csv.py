"""The CSV over all evaluations: replaced by run, never half written, never overtaken by a second writer."""

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.measures.evaluation_csv import COLUMNS, append_rows, read_rows
from script_shared.errors import InputError


def row(run_id: str, value: float, model: str = "candidate") -> dict:
    texts = dict.fromkeys(COLUMNS, "x")
    return {**texts, "run_id": run_id, "model": model, "cutoff": 10, "value": value, "low": 0.1, "high": float("nan")}


def values_of(path: Path) -> list[tuple[str, str]]:
    with path.open(newline="") as file:
        return [(line["run_id"], line["value"]) for line in csv.DictReader(file)]


def test_the_first_evaluation_makes_the_file_with_its_header(tmp_path):
    append_rows(tmp_path / "new" / "m.csv", [row("a", 0.5)], "a")
    assert (tmp_path / "new" / "m.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


def test_evaluating_a_run_again_replaces_its_rows_and_no_other(tmp_path):
    path = tmp_path / "m.csv"
    append_rows(path, [row("a", 0.5), row("a", 0.6)], "a")
    append_rows(path, [row("b", 0.123456789012345)], "b")
    append_rows(path, [row("a", 0.7)], "a")
    assert values_of(path) == [("b", "0.123456789012345"), ("a", "0.7")]


def test_a_missing_figure_is_an_empty_cell(tmp_path):
    append_rows(tmp_path / "m.csv", [row("a", float("nan"))], "a")
    append_rows(tmp_path / "m.csv", [row("b", 0.0)], "b")
    rows = read_rows(tmp_path / "m.csv")
    assert rows["value"].tolist() == ["", "0.0"]
    assert rows["high"].tolist() == ["", ""]


def test_a_run_id_that_looks_like_a_number_stays_as_it_is(tmp_path):
    append_rows(tmp_path / "m.csv", [row("007", 0.1)], "007")
    append_rows(tmp_path / "m.csv", [row("1e3", 0.1)], "1e3")
    assert read_rows(tmp_path / "m.csv")["run_id"].tolist() == ["007", "1e3"]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\xff\xfe"])
def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "m.csv"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(InputError, match=r"m\.csv.*Move the file elsewhere"):
        append_rows(path, [row("a", 0.5)], "a")
    assert path.read_text(encoding="latin-1") == content


def test_writers_at_once_lose_no_row(tmp_path):
    path = tmp_path / "m.csv"
    names = [f"r{number}" for number in range(24)]
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda name: append_rows(path, [row(name, 0.5)], name), names))
    assert sorted(name for name, _ in values_of(path)) == sorted(names)


def test_a_file_from_before_the_replay_is_read_as_lists_and_written_with_its_column(tmp_path):
    path = tmp_path / "m.csv"
    old = COLUMNS[:-1]
    path.write_text(",".join(old) + "\n" + ",".join(["old"] * len(old)) + "\n")
    assert read_rows(path)["protocol"].tolist() == ["batch"]
    append_rows(path, [{**dict.fromkeys(COLUMNS, "x"), "run_id": "new", "protocol": "replay"}], "new")
    assert read_rows(path)[["run_id", "protocol"]].values.tolist() == [["old", "batch"], ["new", "replay"]]
    assert path.read_text().splitlines()[0] == ",".join(COLUMNS)
