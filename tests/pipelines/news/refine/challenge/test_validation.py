"""The validation file: numpy-style lists, unknown names, and its place beside the other tables."""

from pathlib import Path

import polars as pl

from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from script_shared.clock import wall_ms
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw

LATER = START + 10**9


def test_the_reads_to_foresee_are_numbered_like_the_others_and_sorted(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    held_out = [
        ("bob", [PAGES[1], PAGES[0]], [LATER + 5, LATER]),
        ("ann", [PAGES[2], PAGES[2], "gone"], [LATER + 1, LATER + 1, LATER + 2]),
        ("eve", [PAGES[3]], [LATER]),
    ]
    with context.run.write("raw") as (raw, _):
        write_raw(raw, [Reader("ann", [read(0)]), Reader("bob", [read(1)])], validation=held_out)
    facts = refine(context)
    validation = Dataset.load(context.run.read("refined")).validation
    assert validation is not None
    assert validation.user.tolist() == [1, 0, 1]
    assert validation.article.tolist() == [0, 2, 1]
    assert validation.time_ms.tolist() == [LATER, LATER + 1, LATER + 5]
    assert facts["validation"]["rows"] == 3
    assert facts["validation"]["rejected_by_reason"] == dict.fromkeys(
        ("article_unknown", "duplicate_read", "user_unknown"), 1
    )
    rejected = pl.read_parquet(context.run.read("refined") / "rejected.parquet")
    assert rejected["file"].to_list() == ["validacao.csv"] * 3


def test_without_the_file_there_is_no_table(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, [Reader("ann", [read(0)]), Reader("bob", [read(1)])])
    assert "validation" not in refine(context)
    assert Dataset.load(context.run.read("refined")).validation is None


def test_a_read_to_foresee_that_lies_ahead_of_this_machine_is_rejected(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    ahead = wall_ms() + 10**9
    with context.run.write("raw") as (raw, _):
        write_raw(
            raw,
            [Reader("ann", [read(0)]), Reader("bob", [read(1)])],
            validation=[("ann", [PAGES[1], PAGES[2]], [LATER, ahead])],
        )
    facts = refine(context)
    validation = Dataset.load(context.run.read("refined")).validation
    assert validation is not None
    assert validation.time_ms.tolist() == [LATER]
    assert facts["validation"]["rejected_by_reason"] == {"time_ahead": 1}
