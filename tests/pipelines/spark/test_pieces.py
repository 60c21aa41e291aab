"""Pieces of a CSV file hold each row once and whole, wherever line breaks and quotes are."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.spark import pieces
from pipelines.spark.pieces import cut

CELLS = st.text(st.sampled_from('ab",\n é'), max_size=12)
HEADER = ["one", "two"]


def read(piece: pieces.Piece) -> list[list[str]]:
    return list(csv.reader(io.StringIO(piece.read().decode(), newline="")))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=30), st.integers(1, 60), st.integers(2, 50))
def test_all_rows_are_in_one_piece_each_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], size: int, chunk: int
) -> None:
    monkeypatch.setattr(pieces, "CHUNK", chunk)
    file = tmp_path / "made.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows])
    found = [read(piece) for piece in cut([file], size)]
    assert all(piece[0] == HEADER for piece in found)
    assert [row for piece in found for row in piece[1:]] == rows


def test_a_large_file_becomes_many_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "CHUNK", 64)
    file = tmp_path / "made.csv"
    file.write_text("one,two\n" + 'a,"b\nc"\n' * 100)
    assert len(cut([file], 80)) > 5


@pytest.mark.parametrize("row", ['5" wide,b\n', 'a,b"\n', 'a,"b\n'])
def test_a_file_whose_quotes_do_not_show_its_rows_is_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    monkeypatch.setattr(pieces, "CHUNK", 64)
    file = tmp_path / "made.csv"
    file.write_text("one,two\n" + 'a,"b\nc"\n' * 20 + row + 'a,"b\nc"\n' * 20)
    assert [piece.end for piece in cut([file], 80)] == [file.stat().st_size]
