"""Malformed raw files stop the run with one message that names file, row or line but no person; nothing is left."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

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

Spoil = Callable[[Path], None]
READERS = [Reader("ann", [read(0), read(1, START + 5)]), Reader("bob", [read(2)], "Logged"), Reader("cid", [read(3)])]
PART = "files/treino/treino_parte2.csv"
ITEMS = "itens/itens/itens-parte1.csv"


def _row(**cells: str) -> Spoil:
    """Put a row of user eve into the second part, with some cells as given."""

    def spoil(raw: Path) -> None:
        good = dict(zip(HEADER, Reader("eve", [read(0), read(1, START + 5)]).row(), strict=True))
        write_csv(raw / PART, HEADER, [Reader("cid", [read(3)]).row(), list((good | cells).values())])

    return spoil


def _bytes(file: str, change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(raw: Path) -> None:
        (raw / file).write_bytes(change((raw / file).read_bytes()))

    return spoil


def _items(*rows: list[str]) -> Spoil:
    return lambda raw: write_csv(raw / ITEMS, ITEM_HEADER, [item(page) for page in PAGES] + list(rows))


def _remove(pattern: str) -> Spoil:
    return lambda raw: [file.unlink() for file in raw.glob(pattern)] and None


CASES: dict[str, tuple[Spoil, str]] = {
    "no histories": (_remove("files/treino/*"), r"there is no files/treino/treino_parte\*\.csv"),
    "no items": (_remove("itens/itens/*"), r"there is no itens/itens/itens-parte\*\.csv"),
    "empty file": (_bytes(PART, lambda data: b""), r"treino_parte2\.csv: is empty"),
    "header only": (lambda raw: write_csv(raw / PART, HEADER, []), r"treino_parte2\.csv: there is a header and no row"),
    "no item": (lambda raw: write_csv(raw / ITEMS, ITEM_HEADER, []), r"itens-parte1\.csv: there is a header and no"),
    "missing column": (
        _bytes(PART, lambda data: data.replace(b"timeOnPageHistory", b"timeHistory")),
        r"treino_parte2\.csv: column timeOnPageHistory is missing; there are userId, .*timeHistory",
    ),
    "missing item column": (
        _bytes(ITEMS, lambda data: data.replace(b"issued", b"date")),
        r"itens-parte1\.csv: column issued is missing",
    ),
    "wrong delimiter": (
        _bytes(PART, lambda data: data.replace(b",", b";")),
        r"treino_parte2\.csv: is separated by ';'\. Separate the columns by a comma",
    ),
    "tabs": (_bytes(ITEMS, lambda data: data.replace(b",", b"\t")), r"itens-parte1\.csv: is separated by '\\t'"),
    "latin-1 body": (
        _bytes(ITEMS, lambda data: data.replace("Título".encode(), "Título".encode("latin1"), 1)),
        r"itens-parte1\.csv: line 2 is not UTF-8\. Convert it: iconv -f latin1 -t utf-8",
    ),
    "latin-1 user": (_bytes(PART, lambda data: data.replace(b"cid", b"c\xedd")), r"treino_parte2\.csv: line 2 is not"),
    "UTF-16": (
        _bytes(PART, lambda data: data.decode().encode("utf-16")),
        r"treino_parte2\.csv: line 1 is not UTF-8\. Convert it: iconv -f utf-16 -t utf-8",
    ),
    "UTF-16 without a mark": (
        _bytes(PART, lambda data: data.decode().encode("utf-16-le")),
        r"treino_parte2\.csv: line 1 is not UTF-8 but holds zero bytes\. Save it as UTF-8",
    ),
    "UTF-32": (
        _bytes(ITEMS, lambda data: data.decode().encode("utf-32")),
        r"itens-parte1\.csv: line 1 is not UTF-8\. Convert it: iconv -f utf-32 -t utf-8",
    ),
    "cut off inside quotes": (
        _bytes("files/treino/treino_parte1.csv", lambda data: data.rstrip()[:-120]),
        r"treino_parte1\.csv: a quote is opened and never closed; the file may be cut off",
    ),
    "cut off between cells": (_bytes(PART, lambda data: data[:-40]), r"treino_parte2\.csv, row 1: "),
    "item cut off": (_bytes(ITEMS, lambda data: data[:-40]), r"itens-parte1\.csv: a quote is opened and never closed"),
    "a cell too many": (
        _bytes(PART, lambda data: data + b"eve,Logged,1,x,1,1,1,1,1,1,surplus\n"),
        r"treino_parte2\.csv: line 3 has another number of cells",
    ),
    "an item cell too many": (
        _bytes(ITEMS, lambda data: data + b"p,u,2022-07-01 00:00:00+00:00,m,t,b,c,surplus\n"),
        r"itens-parte1\.csv: line 26 has another number of cells",
    ),
    "a cell too few": (_bytes(PART, lambda data: data + b"eve,Logged,1,x\n"), r"row 2: .* has 0 elements"),
    "lists shorter than historySize": (
        _row(historySize="3"),
        r"treino_parte2\.csv, row 2: history has 2 elements, historySize is 3",
    ),
    "lists of other lengths": (
        _row(numberOfClicksHistory="1, 2, 3"),
        r"treino_parte2\.csv, row 2: numberOfClicksHistory has 3 elements, historySize is 2",
    ),
    "list without spaces": (
        _row(scrollPercentageHistory="1,2"),
        r"row 2: scrollPercentageHistory has 1 elements.*separated by a comma and a space",
    ),
    "empty list": (_row(timestampHistory=""), r"row 2: timestampHistory has 0 elements, historySize is 2"),
    "historySize no number": (_row(historySize="two"), r"row 2: historySize is not a whole number"),
    "timestamp no number": (
        _row(timestampHistory=f"{START}, yesterday"),
        r"treino_parte2\.csv, row 2: timestampHistory has a value that is not a time between 2000 and 2100",
    ),
    "timestamps of another century": (
        _row(timestampHistory="0, 9656644401"),
        r"row 2: timestampHistory has a value that is not a time between 2000 and 2100 \(2 such",
    ),
    "quantity no number": (
        _row(timeOnPageHistory="60000, long"),
        r"row 2: timeOnPageHistory holds a value that is no number",
    ),
    "unknown user type": (_row(userType="Robot"), r"treino_parte2\.csv, row 2: userType is not valid"),
    "no user id": (_row(userId=""), r"treino_parte2\.csv: a row has no userId"),
    "user twice": (
        _row(userId="ann"),
        r"treino_parte1\.csv, row \d and treino_parte2\.csv, row 2: one user has more than one row",
    ),
    "page twice": (_items(item(PAGES[3])), rf"itens-parte1\.csv: page '{PAGES[3]}' occurs 2 times"),
    "no page": (_items(item("")), r"an article has no page"),
    "issued no time": (_items(item("late", issued="soon")), r"issued of page 'late' is no time between 2000 and 2100"),
    "issued in another century": (_items(item("old", issued="1822-09-07 12:00:00+00:00")), r"issued of page 'old'"),
    "validation lengths": (
        lambda raw: write_csv(
            raw / "validacao.csv",
            ["userId", "userType", "history", "timestampHistory"],
            [["ann", "Logged", "['a'\n 'b']", f"[{START}]"]],
        ),
        r"validacao\.csv, row 1: history has 2 elements, timestampHistory 1",
    ),
    "validation times": (
        lambda raw: write_csv(
            raw / "validacao.csv", ["userId", "history", "timestampHistory"], [["ann", "['a']", "[then]"]]
        ),
        r"validacao\.csv, row 1: timestampHistory has a value that is not a time",
    ),
    "validation column": (
        lambda raw: write_csv(raw / "validacao.csv", ["userId", "history"], [["ann", "['a']"]]),
        r"validacao\.csv: column timestampHistory is missing",
    ),
}


def _refused(context: Context, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        refine(context)
    assert caught.value.fix
    assert "\n" not in caught.value.message
    assert not re.search(r"\b(ann|bob|cid|eve)\b", caught.value.log_text), "names a person"
    assert not context.run.complete("refined")
    assert not list((context.run.root / "refined").glob("*"))


@pytest.mark.parametrize(("spoil", "message"), CASES.values(), ids=CASES.keys())
def test_malformed_files_stop_the_run_with_one_message(tmp_path: Path, spoil: Spoil, message: str) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, READERS)
        spoil(raw)
    _refused(context, message)


def test_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, READERS)
        _bytes(PART, lambda data: b"\xef\xbb\xbf" + data + b"\n\n")(raw)
        _bytes(ITEMS, lambda data: data + b"\n")(raw)
    assert refine(context)["interactions"] == 4


def test_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, READERS)
        _bytes(PART, lambda data: data.replace(b"\n", b"\r\n"))(raw)
    assert refine(context)["interactions"] == 4


def test_the_same_files_unspoilt_are_accepted(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, READERS)
    assert refine(context)["interactions"] == 4


CLICKS = {
    name: [1, 2] for name in ("user_id", "click_article_id", "session_id", "click_region", "click_deviceGroup")
} | {"click_timestamp": [START, START + 1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            pl.col("click_timestamp") * 3,
            r"clicks\.parquet: 2 clicks are not between 2000 and 2100, such as .* in row 1",
        ),
        (pl.col("user_id").cast(pl.String), r"clicks\.parquet: column user_id is String"),
        (pl.lit(None, pl.Int64).alias("click_article_id"), r"clicks\.parquet: 2 rows have no click_article_id"),
    ],
)
def test_malformed_clicks_stop_the_run(tmp_path: Path, change: pl.Expr, message: str) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        pl.DataFrame(CLICKS).with_columns(change).write_parquet(raw / "clicks.parquet")
    _refused(context, message)


def test_clicks_without_a_column_or_a_row_stop_the_run(tmp_path: Path) -> None:
    frame = pl.DataFrame(CLICKS)
    for place, (table, message) in enumerate(
        [(frame.drop("session_id"), "column session_id is missing"), (frame.clear(), "holds no click")]
    ):
        context = context_of(tmp_path / str(place))
        with context.run.write("raw") as (raw, _):
            table.write_parquet(raw / "clicks.parquet")
        _refused(context, message)


def test_a_file_that_is_no_parquet_stops_the_run(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        (raw / "clicks.parquet").write_text("user_id,click_article_id\n")
    _refused(context, r"clicks\.parquet: not a readable parquet file")
