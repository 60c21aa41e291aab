"""Source globo_clicks: one parquet file of clicks."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.news.sources import download
from pipelines.news.sources.globo_clicks import COLUMNS
from script_shared.errors import InputError
from tests.pipelines.sample_world.worlds import context
from tests.realdata import real_data


def written(path: Path, frame: pl.DataFrame) -> Path:
    frame.write_parquet(path)
    return path


def clicks(rows: int = 3) -> pl.DataFrame:
    return pl.DataFrame({name: range(rows) for name in COLUMNS})


def test_the_file_is_copied_as_clicks_parquet(tmp_path: Path) -> None:
    path = written(tmp_path / "any.parquet", clicks())
    facts = download(context(tmp_path, "one", "globo_clicks", source_path=path))
    assert facts["clicks"] == 3
    assert list(facts["files"]) == ["clicks.parquet"]
    copy = tmp_path / "news" / "raw" / "one" / "clicks.parquet"
    assert copy.read_bytes() == path.read_bytes()
    assert copy.stat().st_ino != path.stat().st_ino
    assert download(context(tmp_path, "two", "globo_clicks", source_path=path))["reused_from"] == "one"


def test_what_is_wrong_with_the_file_is_named(tmp_path: Path) -> None:
    cases = {
        "columns are missing: click_region": clicks().drop("click_region"),
        r"should be integers: user_id \(String\)": clicks().cast({"user_id": pl.String}),
        "holds no clicks": clicks(0).cast(pl.Int64),
    }
    for message, frame in cases.items():
        path = written(tmp_path / "bad.parquet", frame)
        with pytest.raises(InputError, match=message):
            download(context(tmp_path, "one", "globo_clicks", source_path=path))
    assert not (tmp_path / "news" / "raw" / "one").exists()


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text("user_id,click_article_id\n1,2\n")
    with pytest.raises(InputError, match="cannot be read as parquet"):
        download(context(tmp_path, "one", "globo_clicks", source_path=path))


@pytest.mark.realdata
def test_the_real_clicks_are_accepted(tmp_path: Path) -> None:
    path = real_data("globo_clicks/clicks_2017-10-01_13.parquet")
    assert download(context(tmp_path, "one", "globo_clicks", source_path=path))["clicks"] == 2_606_437
