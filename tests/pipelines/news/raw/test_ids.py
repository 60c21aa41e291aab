"""Ids of files are the ids of requests: cleaned alike, and rejected row by row where no request could name them."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.news.raw.ids import ArticleNumbers
from pipelines.news.refine import refine
from pipelines.use_case import Context
from script_shared import names
from script_shared.errors import InputError
from script_shared.events import ErasedUsers
from script_shared.events.entry import user_digest
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, item, read, write_raw

LONG = "L" * 200
PLAIN = [Reader("bob", [read(2)]), Reader("cid", [read(3)])]


def refined(
    folder: Path,
    readers: list[Reader],
    *,
    more: Sequence[list[str]] = (),
    held: Sequence[tuple[str, list[str]]] = (),
) -> Context:
    """A run of these readers, of the pages of all tests and some more."""
    context = context_of(folder)
    with context.run.write("raw") as (raw, _):
        items = [*(item(page) for page in PAGES), *more]
        validation = [(user, pages, [START + 60_000 + at for at, _ in enumerate(pages)]) for user, pages in held]
        write_raw(raw, [*readers, *PLAIN], items=items, validation=validation)
    refine(context)
    return context


def table(context: Context, name: str) -> pl.DataFrame:
    return pl.read_parquet(context.run.folder("refined") / f"{name}.parquet")


def test_long_ids_and_ids_with_white_space_around_are_those_of_requests(tmp_path: Path) -> None:
    context = refined(tmp_path, [Reader(LONG, [read(0)]), Reader("\u00a0 padded \u200b", [read(1)])])
    assert table(context, "users")["user_id"].to_list()[:2] == [LONG, "padded"]


def test_an_article_is_one_with_and_without_white_space_around_its_id(tmp_path: Path) -> None:
    readers = [Reader("ann", [read("page"), read(" page\u00a0", START + 5), read("\u200bx", START + 9)])]
    context = refined(tmp_path, readers, more=[item(" page "), item("x")], held=[("  ann ", [" x ", "page"])])
    assert table(context, "articles")["article_id"].to_list()[-2:] == ["page", "x"]
    assert table(context, "interactions").filter(pl.col("user") == 0).height == 3
    assert table(context, "validation").height == 2
    assert context.run.facts("refined")["rejected_rows"] == 0


@pytest.mark.parametrize("bad", ["a\tb", "a\x85b", "x" * (names.MAX_ID + 1)])
def test_what_is_no_id_is_rejected_with_its_row_and_the_others_are_kept(tmp_path: Path, bad: str) -> None:
    readers = [Reader(bad, [read(0)]), Reader("ann", [read(1), read(bad, START + 5)])]
    context = refined(tmp_path, readers, more=[item(bad)], held=[(bad, [PAGES[0]]), ("ann", [bad, PAGES[5]])])
    assert table(context, "users")["user_id"].to_list() == ["ann", "bob", "cid"]
    assert table(context, "articles")["article_id"].to_list() == PAGES
    facts = context.run.facts("refined")
    assert facts["rejected_by_reason"] == {
        "id_not_valid": 3
    }  # of items and histories; the held-out reads are counted by themselves
    assert facts["validation"]["rejected_by_reason"] == {"id_not_valid": 2}
    assert facts["input_rows"] == facts["interactions"] + 3
    rejected = table(context, "rejected").filter(pl.col("reason") == "id_not_valid")
    files = ["itens-parte1.csv", "treino_parte1.csv", "treino_parte1.csv", "validacao.csv", "validacao.csv"]
    assert sorted(rejected["file"]) == files
    assert set(rejected["user_id"].drop_nulls()) <= {bad, "ann"}


def test_an_id_that_is_missing_in_any_spelling_stops_the_run(tmp_path: Path) -> None:
    for place, missing in enumerate(["", "null", " NaN ", "undefined"]):
        with pytest.raises(InputError, match="a row has no userId"):
            refined(tmp_path / str(place), [Reader(missing, [read(0)])])


@pytest.mark.parametrize("page", ["[urgente]", "[urgente] chuva", "[12]", "['a']", "[]", "[a, b"])
@pytest.mark.parametrize("count", [1, 2])
def test_an_id_may_begin_with_a_bracket(tmp_path: Path, page: str, count: int) -> None:
    if ", " in page:
        page = page.replace(", ", ",")
    reads = [read(page), read(0, START + 5)][:count]
    context = refined(tmp_path, [Reader("ann", reads)], more=[item(page)])
    assert table(context, "interactions").filter(pl.col("user") == 0)["article"].to_list() == [len(PAGES), 0][:count]


def test_an_erased_user_is_left_out_in_every_spelling(tmp_path: Path) -> None:
    from pipelines.news.upkeep.erasure import erase_from_run

    context = refined(tmp_path, [Reader(" ann ", [read(0)])])
    assert erase_from_run(context.run, ErasedUsers([user_digest("ann")]), 1) == 1
    text = "".join(file.read_text() for file in context.run.folder("raw").rglob("*.csv"))
    assert "ann" not in text
    assert "ann" not in table(context, "users")["user_id"].to_list()


IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(IDS | st.sampled_from([" a ", "a\tb", "\ufeffa"]), max_size=6))
def test_a_file_takes_the_ids_that_a_request_takes(tmp_path: Path, ids: list[str]) -> None:
    named: dict[str, str] = {}
    for text in ids:
        try:
            clean = names.clean_id(text)
        except ValueError:
            named[text] = ""
        else:
            if clean and clean not in [*named.values(), "bob", "cid"]:
                named[text] = clean
    context = refined(tmp_path, [Reader(text, [read(0)]) for text in named])
    assert table(context, "users")["user_id"].to_list() == [clean for clean in named.values() if clean] + ["bob", "cid"]


@pytest.mark.parametrize("usable", [True, False])
def test_numbers_found_by_hash_equal_those_of_a_cast(usable: bool) -> None:
    known = pl.Series("page", [f"p{number}" for number in range(50)])
    numbers = ArticleNumbers(known)
    numbers._usable = usable  # two ids with one hash make it false
    asked = pl.Series("article_id", ["p3", "p49", "nobody", None, "p3", ""])
    assert numbers.of(asked).to_list() == [3, 49, None, None, 3, None]
    assert numbers.of(known).to_list() == list(range(50))
    assert numbers.of(asked.clear()).to_list() == []


def test_an_unknown_id_with_the_hash_of_a_known_one_stays_unknown() -> None:
    numbers = ArticleNumbers(pl.Series(["a", "b"]))
    numbers._table = numbers._table.with_columns(hash=pl.Series(["a", "stranger"]).hash())
    assert numbers.of(pl.Series(["a", "stranger"])).to_list() == [0, None]
