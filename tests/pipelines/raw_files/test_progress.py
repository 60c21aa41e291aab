"""Progress of long steps."""

import logging

import pytest

from pipelines.raw_files.progress import progress


def test_without_a_terminal_there_are_log_lines_and_no_bar(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), progress("reading", 100, "rows") as advance:
        for _ in range(100):
            advance(1)
    assert [line.split(",")[0] for line in caplog.messages] == [
        *(f"reading: {done} of 100 rows" for done in (25, 50, 75, 100)),
        "reading: done",
    ]
    assert capsys.readouterr().err == ""


def test_a_forced_bar_is_drawn_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("reading", 4, "rows", bar=True) as advance:
        advance(4)
    assert "reading: 100%" in capsys.readouterr().err
