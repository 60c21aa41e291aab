"""Runs work in folders whatever characters their names have."""

import ast
from pathlib import Path

import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.quality.step import quality
from pipelines.news.refine import refine
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["que?ry", "50% %41", "a#b", "x[1]", "a*b", "{c}", "ação nova"])
def test_a_run_is_refined_and_read_back_in_any_folder(tmp_path: Path, name: str) -> None:
    context = context_of(tmp_path / name)
    with context.run.write("raw") as (raw, _):
        write_raw(
            raw, [Reader("ann", [read(0)]), Reader("bob", [read(1)])], validation=[("ann", PAGES[4:5], [START + 9])]
        )
    refine(context)
    data = Dataset.load(context.run.folder("refined"))
    assert (data.n_users, data.n_articles) == (2, len(PAGES))
    assert data.texts().collect().height == len(PAGES)
    assert quality(context)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


READERS = {"pl.scan_parquet", "pl.read_parquet", "pl.scan_csv", "pl.read_csv", "pl.read_parquet_schema"}


def test_no_file_is_read_by_a_pattern_that_its_folder_may_hold() -> None:
    for file in (ROOT / "pipelines").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
        for call in calls:
            if ast.unparse(call.func) in READERS:
                words = {keyword.arg for keyword in call.keywords}
                assert "glob" in words, f"{file}:{call.lineno}: reads a path as a pattern; say glob=False"
