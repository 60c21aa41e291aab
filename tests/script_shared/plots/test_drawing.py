"""The script that draws plots, in a real Chromium under the policy of the pages."""

import functools
import http.server
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from script_shared.plots import SCRIPTS, STYLE, Plot, Series, figure, spark, web_text
from tests.app.shell.browsers import barriers, chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'"
PLOTS = [
    Plot("lines", "Lines", "hour", ["0", "1", "2"], [Series("a", [1.0, None, 3.0]), Series("b", [2.0, 2.0, 2.0])]),
    Plot(
        "lines", "Points", "chance", ["0.1", "0.9"], [Series("came", [0.1, 0.8], [0.0, 0.6], [0.2, 0.9])], numeric=True
    ),
    Plot(
        "bars", "Bars", "kind", ["x", "y"], [Series("a", [4.0, 2.0], [3.0, 1.0], [5.0, 3.0]), Series("b", [1.0, 1.0])]
    ),
    Plot("rows", "Rows", "kind", ["x", "y"], [Series("a", [4.0, 1.0], [3.0, 0.5], [5.0, 2.0])], mark=2.5),
    Plot("bars", "Log", "reads", ["1", "2"], [Series("users", [1000.0, 10.0])], scale="log"),
    Plot("rows", "Parts", "what", ["users"], [Series("a", [0.25]), Series("b", [0.75])], stacked=True, top=1),
]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("plots")
    _write(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 700, "height": 900})
        opened.complaints = []
        opened.on("console", lambda line: opened.complaints.append(line.text))
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.goto(f"http://127.0.0.1:{server.server_address[1]}/page.html")
        opened.wait_for_selector(".spark svg")
        yield opened
    server.shutdown()
    server.server_close()


def _write(folder: Path) -> None:
    for name in (*SCRIPTS, STYLE):
        (folder / name).write_text(web_text(name), encoding="utf-8")
    scripts = "".join(f'<script src="{name}"></script>' for name in SCRIPTS)
    body = "".join([*map(figure, PLOTS), spark([1, None, 3, 2], "reads")])
    head = f'<meta charset="utf-8"><title>Plots</title><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = f'<html lang="en"><head>{head}<link rel="stylesheet" href="{STYLE}"></head>'
    (folder / "page.html").write_text(f"{page}<body><main><h1>Plots</h1>{body}</main>{scripts}</body></html>")


def titles(page: Any, number: int) -> list[str]:
    """What a pointer shows on each bar or point, from left to right and top to bottom."""
    return page.locator("figure").nth(number).locator("svg title").all_text_contents()  # type: ignore[no-any-return]


def lengths(page: Any, number: int) -> list[float]:
    """The length of each bar, in pixels."""
    ends = ("x1", "x2", "y1", "y2")
    script = f"bars => bars.map(bar => {list(ends)}.map(end => bar[end].baseVal.value))"
    found = page.locator("figure").nth(number).locator(".ct-bar").evaluate_all(script)
    return [math.hypot(x2 - x1, y2 - y1) for x1, x2, y1, y2 in found]


def test_every_plot_is_drawn_under_the_policy_and_its_numbers_stay(page: Any) -> None:
    assert page.complaints == []
    assert page.locator("figure .plot-drawing svg").count() == len(PLOTS)
    assert page.locator("figure details table").count() == len(PLOTS)
    assert page.locator("figure details[open]").count() == 0
    assert barriers(page) == []


def test_a_missing_value_is_a_gap_and_every_point_says_its_number(page: Any) -> None:
    assert sorted(titles(page, 0)) == ["0, a: 1", "0, b: 2", "1, b: 2", "2, a: 3", "2, b: 2"]
    assert sorted(titles(page, 1)) == ["0.1: 0.1 (0 to 0.2)", "0.9: 0.8 (0.6 to 0.9)"]


def test_bars_are_as_long_as_their_values(page: Any) -> None:
    found = dict(zip(titles(page, 2), lengths(page, 2), strict=True))
    unit = found["y, b: 1"]
    assert found["x, a: 4 (3 to 5)"] == pytest.approx(4 * unit, rel=0.01)
    assert found["y, a: 2 (1 to 3)"] == pytest.approx(2 * unit, rel=0.01)
    large, small = sorted(lengths(page, 4), reverse=True)
    assert large == pytest.approx(3 * small, rel=0.01)  # a thousand and ten on a logarithmic axis


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_interval_lies_around_its_value(page: Any, number: int) -> None:
    lines = page.locator("figure").nth(number).locator(".plot-interval")
    assert lines.count() == 2
    box = page.locator("figure").nth(number).locator("svg").bounding_box()
    for place in range(2):
        line = lines.nth(place).bounding_box()
        assert max(line["width"], line["height"]) > 10
        assert box["x"] <= line["x"] <= box["x"] + box["width"]
        assert box["y"] <= line["y"] <= box["y"] + box["height"]


def test_rows_are_in_the_order_of_the_table_and_the_mark_is_between_its_neighbours(page: Any) -> None:
    bars = page.locator("figure").nth(3).locator(".ct-bar")
    tops = {bars.nth(place).text_content(): bars.nth(place).bounding_box()["y"] for place in range(2)}
    assert tops["x: 4 (3 to 5)"] < tops["y: 1 (0.5 to 2)"]
    ends = sorted(box["x"] + box["width"] for box in (bars.nth(place).bounding_box() for place in range(2)))
    assert ends[0] < page.locator("figure").nth(3).locator(".plot-mark").bounding_box()["x"] < ends[1]


def test_parts_lie_one_after_the_other(page: Any) -> None:
    first, second = lengths(page, 5)
    assert second == pytest.approx(3 * first, rel=0.01)
