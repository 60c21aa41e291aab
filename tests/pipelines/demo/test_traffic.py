"""The traffic of the demo: what it sends, in which order, and what it leaves out when the machine is slow."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.demo import traffic
from pipelines.demo.breaking import Breaking, announce
from pipelines.demo.traffic import FIGURES, Traffic
from script_shared.demo.story import read_json

T0 = 1_660_000_000_000


class Site:
    """Keeps what is sent, in order; every list has the article ``p0``."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        self.sent.append((path, query))
        return {"items": [{"page": "p0"}], "answer_id": "answer"}

    def post(self, path: str, body: Any) -> dict[str, Any]:
        self.sent.append((path, body))
        return {"accepted": 1}

    def of(self, path: str) -> list[Any]:
        return [body for where, body in self.sent if where == path]


def reads(count: int, gap_ms: int = 1000) -> list[dict[str, Any]]:
    return [
        {"user": f"u{number % 5}", "page": f"p{number % 3}", "time": T0 + number * gap_ms, "region": "sp"}
        for number in range(count)
    ]


def live(folder: Path, count: int, articles: list[dict[str, Any]], pace: float = 1e9) -> tuple[Site, Traffic]:
    site = Site()
    made = Traffic(site, folder, pace)  # type: ignore[arg-type]
    made.live(iter(reads(count)), iter(articles), T0)
    return site, made


def test_reads_and_articles_are_sent_in_the_order_of_time(tmp_path: Path) -> None:
    site, made = live(tmp_path, 500, [{"page": "new", "issued": T0 + 250_500}])
    times = [event["time"] for batch in site.of("/events") for event in batch]
    assert times == [T0 + 1000 * number for number in range(500)]
    order = [(path, body) for path, body in site.sent if path != "/recommendations"]
    before = [event for path, body in order[: order.index(("/articles", site.of("/articles")[0]))] for event in body]
    assert len(before) == 251, "the clock of the release has come as far as the article"
    assert made.figures.ended
    assert read_json(tmp_path / FIGURES)["reads"] == 500


def test_a_read_carries_the_answer_that_its_reader_saw(tmp_path: Path) -> None:
    site, made = live(tmp_path, 100, [])
    credited = [event for batch in site.of("/events") for event in batch if event.get("answer_id")]
    assert len(credited) == made.figures.lists == len(site.of("/recommendations")) > 30
    assert made.figures.hits == sum(event["page"] == "p0" for event in credited)
    assert len({event["session"] for batch in site.of("/events") for event in batch}) == 5


def test_lists_are_left_out_while_the_pace_is_too_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "LATE_SECONDS", -1.0)  # always late
    site, made = live(tmp_path, 50, [])
    assert made.figures.lists == 0
    assert sum(map(len, site.of("/events"))) == 50


def test_readers_want_an_announced_story_once_each(tmp_path: Path) -> None:
    announce(tmp_path, Breaking("hot", T0 - 3_600_000))
    site, _ = live(tmp_path, 200, [])
    hot = [event["user_id"] for batch in site.of("/events") for event in batch if event["page"] == "hot"]
    assert sorted(hot) == sorted(set(hot))
    assert hot
