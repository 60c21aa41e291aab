"""The compiled features read tables of fixed sizes, so these must be the sizes of the live state."""

import re

from script_shared.compiled.library import FOLDER
from script_shared.news.counting import windows
from script_shared.news.ranking.feature_inputs import TABLE
from script_shared.news.state.audiences import DIMENSIONS


def test_the_sizes_in_the_code_are_those_of_the_live_state() -> None:
    text = (FOLDER / "features.c").read_text(encoding="utf-8")
    sizes = {name: int(value) for name, value in re.findall(r"^#define (\w+) (\d+)\b(?![.e])", text, re.MULTILINE)}
    names = ("OVERALL", "GROUP", "TOGETHER", "FOLLOWING", "ONWARD", "LATER")
    assert {name: sizes[name] for name in names} == {name: len(getattr(windows, name)) for name in names}
    assert sizes["DIMENSIONS"] == len(DIMENSIONS)


def test_the_table_has_as_many_rows_as_the_code_fills() -> None:
    of_group = len(windows.GROUP) * len(DIMENSIONS)
    pairs = sum(len(getattr(windows, name)) for name in ("TOGETHER", "FOLLOWING", "ONWARD", "LATER"))
    assert len(TABLE) == len(windows.OVERALL) + 4 + 2 * of_group + len(windows.GROUP) + pairs + 4 + 2
