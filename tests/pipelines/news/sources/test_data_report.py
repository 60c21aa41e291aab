"""What check-data says of the time that clicks cover: what refine would make of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pipelines.__main__ import main
from tests.pipelines.news.sources.test_files import refined

START = datetime(2024, 11, 1, tzinfo=UTC)


def write_clicks(folder: Path, odd: str = "", *, hours: int = 96) -> Path:
    """A folder with 800 clicks by 60 users, and some lines more."""
    folder.mkdir()
    draw = np.random.default_rng(2)
    offsets = np.sort(draw.integers(0, hours * 3600, 800))
    lines = [
        f"u-{draw.integers(60)},a-{draw.integers(30)},{(START + timedelta(seconds=int(offset))).isoformat()}"
        for offset in offsets
    ]
    (folder / "clicks.csv").write_text("\n".join(["user,article,time", *lines]) + f"\n{odd}")
    return folder


def click_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The part about clicks."""
    assert main(["check-data", str(folder)]) == 0
    return capsys.readouterr().out.partition("\nClicks\n")[2].partition("\n\n")[0].splitlines()


def test_rows_of_2001_and_of_the_future_do_not_stretch_the_data_and_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = click_report(write_clicks(tmp_path / "plain"), capsys)
    folder = write_clicks(tmp_path / "odd", "u-1,a-1,2001-02-03 04:05:06\nu-2,a-2,2096-01-01 00:00:00\n")
    odd = click_report(folder, capsys)
    assert odd[0] == plain[0].replace("800 rows", "802 rows")
    assert odd[0].startswith("  802 rows, 2024-11-01 00:")
    assert "(4.0 days, 8.3 clicks an hour)" in odd[0]
    assert "  1 rows lie before the begin of the data and will be rejected (time_behind)" in odd
    ahead = "lie ahead of the end of the data or of this machine's clock"
    assert f"  1 rows {ahead} and will be rejected (time_ahead)" in odd
    assert refined(tmp_path, folder)[0]["rejected_by_reason"] == {"time_behind": 1, "time_ahead": 1}


def test_an_old_export_means_data_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = click_report(write_clicks(tmp_path / "a"), capsys)
    assert any("it is history, so the release runs on data time" in line for line in lines)


def test_what_has_no_column_is_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = click_report(write_clicks(tmp_path / "a", ",a-1,2024-11-01\nu-1,,2024-11-01\nu-1,a-1,never\n"), capsys)
    assert lines[0].startswith("  803 rows, 2024-11-01 00:")
    assert "8.3 clicks an hour" in lines[0]
    assert "  60 users, 30 articles" in lines
    assert "  1 rows have neither user nor session and will be rejected" in lines
