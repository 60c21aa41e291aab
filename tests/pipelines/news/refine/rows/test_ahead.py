"""One read with a wrong clock is one rejected read: it moves neither the end of the data nor what follows from it."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.news.clock_choice import clock_choice
from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.sources.event_log import export_events
from pipelines.news.split.moments import moments_of
from script_shared.clock import HOUR_MS, wall_ms
from script_shared.errors import InputError
from script_shared.events import Entry, EventLog, Kind
from script_shared.live_signs import LIVE_READERS
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, read, write_raw

DAY_MS = 24 * HOUR_MS
HOURS = 96
END = START + HOURS * HOUR_MS


def readers(seed: int = 1) -> list[Reader]:
    """Sixty readers over four days."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(60):
        times = np.sort(draw.integers(START, END, draw.integers(1, 9)))
        made.append(Reader(f"u-{number}", [read(int(draw.integers(12)), int(time)) for time in times]))
    made[0].reads.append(read(1, END))
    return made


def refined(folder: Path, who: list[Reader]) -> tuple[dict[str, object], Dataset]:
    context = context_of(folder)
    with context.run.write("raw") as (raw, _):
        write_raw(raw, who)
    facts = refine(context)
    return facts, Dataset.load(context.run.read("refined"))


@pytest.mark.parametrize("days", [2, 3650, 28_000])
def test_a_read_ahead_is_rejected_and_counted_and_the_rest_goes_on(tmp_path: Path, days: int) -> None:
    who = [*readers(), Reader("clock", [read(0, END - 5000), read(1, END + days * DAY_MS)])]
    facts, data = refined(tmp_path, who)
    rejected = pl.read_parquet(data.folder / "rejected.parquet")
    assert rejected.select("user_id", "article_id", "reason").rows() == [("clock", PAGES[1], "time_ahead")]
    assert facts["rejected_by_reason"] == {"time_ahead": 1}
    assert (facts["ahead_rows"], facts["ahead_users"]) == (1, 1)
    assert facts["data_end"] == "2022-07-05T03:00:00+00:00"
    assert str(facts["ahead_examples"]).startswith(f"['article {PAGES[1]}: 20")
    assert "clock" not in str(facts)
    assert data.end_ms == END
    assert moments_of(data, context_of(tmp_path).params).end == END
    assert data.users.filter(pl.col("user_id") == "clock")["reads"].to_list() == [1]


def test_reads_ahead_of_the_wall_clock_are_rejected_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.news.refine.rows.ahead.wall_ms", lambda: START + 48 * HOUR_MS)
    facts, data = refined(tmp_path, readers())
    assert data.end_ms <= START + 48 * HOUR_MS + 60_000
    assert facts["ahead_rows"] > 50
    assert facts["input_rows"] == len(data.interactions) + facts["ahead_rows"]


def test_a_machine_whose_clock_is_behind_all_of_the_data_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.news.refine.rows.ahead.wall_ms", lambda: START - DAY_MS)
    with pytest.raises(InputError, match=r"lie ahead of this machine's clock, which says 2022-06-30"):
        refined(tmp_path, readers())


def test_honest_reads_are_all_kept(tmp_path: Path) -> None:
    facts, data = refined(tmp_path, readers(2))
    assert facts["ahead_rows"] == 0
    assert facts["interactions"] == facts["input_rows"] == len(data.interactions)


def test_portal_clicks_ahead_are_rejected_and_date_no_article(tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    times = np.append(draw.integers(START, END, 2000), [END + 40 * DAY_MS] * 2)
    facts, data = portal(tmp_path, times)
    assert facts["rejected_by_reason"]["time_ahead"] == 2
    assert data.end_ms == times[:2000].max()
    assert data.issued_ms.max() <= data.end_ms


def portal(folder: Path, times: np.ndarray) -> tuple[dict[str, Any], Dataset]:
    """A refined run of portal clicks at these times; the last two are user 1's, on the articles 7 and 99."""
    draw = np.random.default_rng(5)
    clicks = pl.DataFrame(
        {
            "user_id": np.append(draw.integers(0, 300, 2000), [1, 1]),
            "click_article_id": np.append(draw.integers(0, 50, 2000), [7, 99]),
            "click_timestamp": times,
            **{name: np.ones(2002, np.int64) for name in ("session_id", "click_region", "click_deviceGroup")},
        }
    )
    context = context_of(folder)
    with context.run.write("raw") as (raw, _):
        clicks.write_parquet(raw / "clicks.parquet")
    facts = refine(context)
    return facts, Dataset.load(context.run.read("refined"))


@pytest.mark.parametrize("days", [5, 7_600])
def test_a_read_of_long_before_is_rejected_and_counted_and_the_rest_goes_on(tmp_path: Path, days: int) -> None:
    who = [*readers(), Reader("clock", [read(1, START - days * DAY_MS), read(0, END - 5000)])]
    _, plain = refined(tmp_path / "plain", readers())
    facts, data = refined(tmp_path / "odd", who)
    rejected = pl.read_parquet(data.folder / "rejected.parquet")
    assert rejected.select("user_id", "article_id", "reason").rows() == [("clock", PAGES[1], "time_behind")]
    assert (facts["behind_rows"], facts["behind_users"], facts["ahead_rows"]) == (1, 1, 0)
    assert str(facts["behind_examples"]).startswith(f"['article {PAGES[1]}: 20")
    assert facts["input_rows"] == len(data.interactions) + 1
    assert data.begin_ms == plain.begin_ms == plain.interactions.time_ms[0]
    assert moments_of(data, context_of(tmp_path).params) == moments_of(plain, context_of(tmp_path).params)
    assert "clock" not in str(facts)


def test_portal_clicks_of_long_before_are_rejected_and_date_no_article(tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    times = np.append(draw.integers(START, END, 2000), [START - 4000 * DAY_MS] * 2)
    facts, data = portal(tmp_path, times)
    assert facts["rejected_by_reason"] == {"time_behind": 2}
    assert data.issued_ms.min() >= START


def test_clicks_of_the_log_are_not_rejected_because_they_are_old(tmp_path: Path) -> None:
    facts, data = with_log(tmp_path, [Entry("old", Kind.CLICK, START - 90 * DAY_MS, "u-1", PAGES[2], {})])
    assert (facts["events_clicks"], facts["behind_rows"]) == (1, 0)
    assert data.interactions.time_ms[0] == START - 90 * DAY_MS
    assert data.begin_ms == data.interactions.time_ms[1]


def test_reads_until_now_are_kept_on_a_live_site(tmp_path: Path) -> None:
    shift = wall_ms() - END
    who = [Reader(reader.user_id, [read(0, row[1] + shift) for row in reader.reads[:1]]) for reader in readers(3)]
    facts, _ = refined(tmp_path, who)
    assert facts["ahead_rows"] == 0


def with_log(folder: Path, entries: list[Entry], source: str = "local") -> tuple[dict[str, object], Dataset]:
    """A refined run of readers whose files end four years ago, and of these entries of the log."""
    context = context_of(folder)
    (folder / "data").mkdir()
    log = EventLog(f"sqlite:///{folder}/data/events.db")
    log.append(entries)
    log.close()
    with context.run.write("raw") as (raw, facts):
        write_raw(raw, readers())
        facts |= {"source": source, **export_events(context, raw)}
    facts = refine(context)
    return facts, Dataset.load(context.run.read("refined"))


def live_clicks(count: int) -> list[Entry]:
    now = wall_ms()
    return [Entry(f"e{n}", Kind.CLICK, now - 1000 * n, f"live-{n}", PAGES[0], {}) for n in range(count)]


def test_clicks_of_enough_readers_bring_old_files_to_the_present(tmp_path: Path) -> None:
    facts, data = with_log(tmp_path, live_clicks(LIVE_READERS))
    assert facts["events_clicks"] == LIVE_READERS
    assert wall_ms() - data.end_ms < HOUR_MS
    assert clock_choice(context_of(tmp_path), data.end_ms).mode == "wall"


def test_clicks_of_few_readers_do_not(tmp_path: Path) -> None:
    facts, data = with_log(tmp_path, live_clicks(LIVE_READERS - 1))
    assert facts["rejected_by_reason"] == {"time_ahead": LIVE_READERS - 1}
    assert data.end_ms == END
    choice = clock_choice(context_of(tmp_path), data.end_ms)
    assert (choice.mode, choice.may_switch) == ("data", True)


def test_no_click_brings_made_up_files_to_the_present(tmp_path: Path) -> None:
    _, data = with_log(tmp_path, live_clicks(3 * LIVE_READERS), source="sample")
    assert data.end_ms == END
    assert not clock_choice(context_of(tmp_path), data.end_ms).may_switch


def test_events_ahead_of_the_wall_clock_are_rejected(tmp_path: Path) -> None:
    ahead = Entry("x", Kind.CLICK, wall_ms() + DAY_MS, "live-1", PAGES[1], {})
    facts, data = with_log(tmp_path, [*live_clicks(LIVE_READERS), ahead])
    assert facts["rejected_by_reason"] == {"time_ahead": 1}
    assert data.end_ms <= wall_ms()


def test_a_posted_article_makes_the_next_release_one_of_the_present(tmp_path: Path) -> None:
    post = Entry("p", Kind.ARTICLE, wall_ms(), "", "new", {"title": "Novo"})
    _, data = with_log(tmp_path, [post])
    choice = clock_choice(context_of(tmp_path), data.end_ms)
    assert choice.mode == "wall"
    assert "articles are posted" in choice.why
