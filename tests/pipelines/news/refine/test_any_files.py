"""Raw files as they come: other columns, other order, damage of any kind; one result or one message, in bounds."""

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.news.raw import csv_bounds
from pipelines.news.raw.csv_bounds import check_rows_end
from pipelines.news.refine import refine
from pipelines.use_case import Context
from script_shared.errors import InputError
from tests.pipelines.news.challenge_files import (
    HEADER,
    ITEM_HEADER,
    PAGES,
    START,
    Reader,
    context_of,
    item,
    read,
    write_csv,
    write_raw,
)

READERS = [Reader("ann", [read(0), read(1, START + 5)]), Reader("bob", [read(2)], "Logged"), Reader("cid", [read(3)])]
PART, ITEMS, VALIDATION = "files/treino/treino_parte2.csv", "itens/itens/itens-parte1.csv", "validacao.csv"
HELD_OUT = [("ann", [PAGES[4]], [START + 60_000])]
GENTLE = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def made(folder: Path) -> tuple[Context, Path]:
    """A context and its raw folder, complete."""
    context = context_of(folder)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, READERS, validation=HELD_OUT)
    return context, context.run.folder("raw")


def rewritten(file: Path, columns: list[str], more: dict[str, str]) -> None:
    """The same rows with columns in another order, some left out, some more."""
    with file.open(newline="") as stream:
        rows = [{**row, **more} for row in csv.DictReader(stream)]
    write_csv(file, columns, [[row[name] for name in columns] for row in rows])


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        (PART, HEADER[::-1]),
        (PART, HEADER[:-1]),
        (PART, ["more", *HEADER[3:], *HEADER[:3], "even more"]),
        (ITEMS, ITEM_HEADER[::-1]),
        (ITEMS, [name for name in ITEM_HEADER if name != "modified"]),
        (ITEMS, ["more", *ITEM_HEADER, "even more"]),
        (VALIDATION, ["timestampHistory", "userId", "more", "history"]),
    ],
)
def test_a_file_is_read_by_the_names_of_its_own_columns(tmp_path: Path, file: str, columns: list[str]) -> None:
    context, raw = made(tmp_path)
    wanted = refine(context)
    tables = {path.name: pl.read_parquet(path) for path in context.run.folder("refined").glob("*.parquet")}
    rewritten(raw / file, columns, {"more": "x", "even more": "y"})
    assert refine(context)["interactions"] == wanted["interactions"] == 4
    for name, table in tables.items():
        assert pl.read_parquet(context.run.folder("refined") / name).equals(table)


def test_white_space_around_the_names_of_columns_does_not_count(tmp_path: Path) -> None:
    context, raw = made(tmp_path)
    (raw / PART).write_text((raw / PART).read_text().replace("userId,userType", " userId , userType"))
    assert refine(context)["interactions"] == 4


def spoilt(context: Context, file: Path, data: bytes) -> str:
    """The message with which refine refuses the file."""
    file.write_bytes(data)
    with pytest.raises(InputError) as caught:
        refine(context)
    assert caught.value.fix
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("file", [PART, ITEMS, VALIDATION])
def test_damage_is_one_message_with_the_file(tmp_path: Path, file: str) -> None:
    context, raw = made(tmp_path)
    good, name = (raw / file).read_bytes(), Path(file).name
    header, _, rows = good.partition(b"\n")
    last = rows.rstrip().rpartition(b"\n")[0]
    cases = {
        rf"{name}: line 1 ends with a carriage return alone": good.replace(b"\n", b"\r"),
        f"{name}: line 1 is longer than": b"x" * (2 << 20) + b"\n" + rows,
        f"{name}: has 300,000 columns": b"a," * 299_999 + b"a\n" + rows,
        f"{name}: column history": header.replace(b"history,", b"past,") + b"\n" + rows
        if b"history," in header
        else b"",
        f"{name}: is empty": b"\n" + good,
        f"{name}: line 1 is not UTF-8 but holds zero bytes": bytes(100_000),
    }
    cases = {message: data for message, data in cases.items() if data}
    for message, data in cases.items():
        assert spoilt(context, raw / file, data).startswith(message)
    assert name in spoilt(context, raw / file, header + b"\n" + last + b'\n"never closed\n' + rows)


def test_a_column_that_is_there_twice_is_named(tmp_path: Path) -> None:
    context, raw = made(tmp_path)
    data = (raw / ITEMS).read_bytes().replace(b"modified", b"title", 1)
    assert spoilt(context, raw / ITEMS, data) == "itens-parte1.csv: column title is there twice."


@pytest.mark.parametrize("line", ["p9,u,2022-07-01 00:00:00+00:00,m,t", "p9,u,2022-07-01 00:00:00+00:00,m,t,b"])
def test_a_row_with_too_few_cells_is_refused_like_one_with_too_many(tmp_path: Path, line: str) -> None:
    context, raw = made(tmp_path)
    data = (raw / ITEMS).read_bytes() + line.encode() + b"\n"
    assert "line 26 has another number of cells than the header" in spoilt(context, raw / ITEMS, data)


def test_a_history_without_its_last_cell_is_refused(tmp_path: Path) -> None:
    context, raw = made(tmp_path)
    row = Reader("eve", [read(0)]).row()[:-1]
    data = (raw / PART).read_bytes() + ",".join(row).encode() + b"\n"
    assert "treino_parte2.csv: line 3 has another number of cells" in spoilt(context, raw / PART, data)


def test_a_short_row_of_the_held_out_reads_is_refused(tmp_path: Path) -> None:
    context, raw = made(tmp_path)
    data = (raw / VALIDATION).read_bytes() + b"ann,Logged\n"
    assert "validacao.csv: line 3 has another number of cells" in spoilt(context, raw / VALIDATION, data)


def test_empty_last_cells_and_blank_lines_are_no_short_rows(tmp_path: Path) -> None:
    context, raw = made(tmp_path)
    items = [item(page, caption="") for page in PAGES]
    write_csv(raw / ITEMS, ITEM_HEADER, items)
    (raw / ITEMS).write_bytes((raw / ITEMS).read_bytes() + b"\n\n,,,,,,\n")
    assert refine(context)["articles"] == len(PAGES)


def test_a_row_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_bounds, "ROW_BYTES", 64)
    file = tmp_path / "a.csv"
    file.write_text("a,b\n" + '1,"x\ny"\n' * 100)
    check_rows_end(file)
    file.write_text("a,b\n" + '1,"x\ny"\n' * 100 + '1,"' + "long\n" * 40 + '"\n')
    with pytest.raises(InputError, match=r"a\.csv: line 202 begins a row of more than 64 bytes"):
        check_rows_end(file)
    file.write_text("a,b\n" + "x" * 200)
    with pytest.raises(InputError, match="line 2 begins a row"):
        check_rows_end(file)


CELLS = st.text(st.sampled_from('a"\n,é\r'), max_size=30)


@GENTLE
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=30))
def test_rows_end_where_the_csv_module_ends_them(tmp_path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["a", "b"], *rows])
    data = text.getvalue().encode()
    ends, place = {0}, 0
    for row in [["a", "b"], *rows]:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        place += len(line.getvalue().encode())
        ends.add(place)
    found = csv_bounds._last_row_end(np.frombuffer(data, np.uint8), quoted=False)
    assert found in ends
    assert found == max(ends)


DAMAGE = st.lists(
    st.tuples(
        st.integers(0, 4_000),
        st.sampled_from(
            [b'"', b"\n", b"\r", b",", b"\0", b"\xff", b"\xc3", b";", b"[", b"'", b"-1", b"nan", b"", b"9" * 40]
        )
        | st.binary(max_size=3),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


@GENTLE
@given(st.sampled_from([PART, ITEMS, VALIDATION]), DAMAGE, st.integers(0, 200))
def test_any_damage_ends_in_tables_or_in_one_message(
    tmp_path: Path, file: str, damage: list[tuple[int, bytes, int]], lost: int
) -> None:
    context, raw = made(tmp_path)
    data = bytearray((raw / file).read_bytes())
    for place, other, replaced in damage:
        start = place % (len(data) + 1)
        data[start : start + replaced] = other
    (raw / file).write_bytes(bytes(data[: len(data) - lost]))
    _tables_or_message(context)


@GENTLE
@given(st.sampled_from([PART, ITEMS, VALIDATION]), st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_end_in_tables_or_in_one_message(tmp_path: Path, file: str, data: bytes) -> None:
    context, raw = made(tmp_path)
    header = (raw / file).read_bytes().partition(b"\n")[0] + b"\n"
    for content in (data, header + data):
        (raw / file).write_bytes(content)
        _tables_or_message(context)


def _tables_or_message(context: Context) -> None:
    refused: InputError | None = None
    try:
        refine(context)
    except InputError as error:
        refused = error
    if refused is not None:
        assert refused.fix
        assert len(refused.message) < 3_000
        assert "\n" not in refused.message
