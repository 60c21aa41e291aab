"""Both engines refine any raw data to the same tables, row for row."""

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.news.refine.spark import challenge, own_files, portal_clicks
from pipelines.news.sources import download
from pipelines.news.sources.event_log import export_events
from pipelines.runs import Run
from pipelines.use_case import Context, Options
from script_shared.events import EventLog
from script_shared.news.params import FILE, NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, item, read, write_raw
from tests.pipelines.news.refine.events.refined_events import HOUR, click, post
from tests.pipelines.news.refine.spark.both_engines import SOCKETS, assert_same, both_refuse
from tests.pipelines.news.sources.site_files import CLICKS as SITE_CLICKS
from tests.pipelines.news.sources.site_files import rows, write_csv

pytestmark = [pytest.mark.spark, *SOCKETS]
DAY = 24 * HOUR


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small enough that each file is read by several tasks."""
    monkeypatch.setattr(challenge, "PIECE_BYTES", 20_000)
    monkeypatch.setattr("pipelines.spark.pieces.CHUNK", 1_000)
    monkeypatch.setattr(portal_clicks, "SLICE", 400)
    monkeypatch.setattr(own_files, "SLICE", 80)


def dirty_readers() -> list[Reader]:
    """Robots, long days, repeats, unknown pages, invalid ids, wrong clocks, empty histories."""
    draw = random.Random(3)
    readers = [Reader("empty"), Reader("x" * 600, [read(0)]), Reader(" blank ", [read(1), read(1), read(2)], "Logged")]
    readers.append(Reader("robot", [read(n % 12, START + n * 864_000) for n in range(400)]))
    readers.append(Reader("long day", [read(n % 12, START + 2 * DAY + n * 60_000) for n in range(300)]))
    readers.append(Reader("ahead", [read(0, 4_000_000_000_000), read(1, START + DAY)]))
    readers.append(Reader("behind", [read(0, 981_173_106_000), read(1, START + DAY)]))
    for number in range(60):
        times = sorted(START + draw.randrange(10 * DAY) for _ in range(draw.choice([1, 2, 5, 40])))
        odd = {"scroll": draw.choice([50.5, "nan", -3, 1e9]), "on_page": draw.choice([10**10, 60_000, 0])}
        pages = [draw.choice([*PAGES, "no-such-page", "y" * 600, f" {PAGES[0]} "]) for _ in times]
        reads = [
            read(page, time, **(odd if draw.random() < 0.1 else {})) for page, time in zip(pages, times, strict=True)
        ]
        readers.append(Reader(f"user {number}", reads + reads[:1], draw.choice(["Logged", "Non-Logged"])))
    return readers


def fill_dirty(context: Context, raw: Path, *, numpy: bool = False) -> dict[str, Any]:
    """Dirty files, and a log with clicks, logins, posts and an erasure."""
    write_raw(
        raw,
        dirty_readers(),
        items=[*(item(page) for page in PAGES), item("z" * 600)],
        validation=[("robot", [PAGES[4]], [START + 11 * DAY]), ("nobody", [PAGES[4]], [START + 11 * DAY])],
        numpy=numpy,
    )
    if not (context.settings.data_dir / "events.db").is_file():
        _write_log(context)
    return export_events(context, raw)


def _write_log(context: Context) -> None:
    context.settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = EventLog(context.settings.events_address)
    times = [START + 10 * DAY + number * 60_000 for number in range(30)]
    log.append([click(n, f"user {n % 9}", PAGES[n % 12], time, session=f"s{n % 4}") for n, time in enumerate(times)])
    log.append([click(90, "", PAGES[3], times[5], session="s2", region="sp"), click(91, "new", "posted", times[6])])
    log.append([post(92, "posted", times[1], title="Um", text="Texto"), click(93, "user 3", PAGES[1], times[9])])
    log.erase("user 7")
    log.close()


@pytest.mark.parity
def test_dirty_histories_with_a_log(tmp_path: Path) -> None:
    facts, tables = assert_same(context_of(tmp_path), fill_dirty)
    reasons = {
        "robot",
        "too_many_a_day",
        "duplicate_read",
        "article_unknown",
        "id_not_valid",
        "time_ahead",
        "time_behind",
    }
    assert reasons <= set(tables["rejected"]["reason"])
    assert facts["events_clicks"] > 10
    assert facts["erased_left_out"] == 1


def test_histories_in_the_other_spelling(tmp_path: Path) -> None:
    assert_same(context_of(tmp_path), lambda context, raw: write_raw(raw, dirty_readers(), numpy=True))


def test_one_month_of_generated_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenge, "PIECE_BYTES", 400_000)
    sizes = ["sample.users=3000", "sample.articles=800", "sample.interactions=24000", "sample.days=31"]
    params = load_params(NewsParams, FILE, sizes)
    settings = Settings(data_dir=tmp_path / "data", evaluation_dir=tmp_path, models_uri=str(tmp_path / "m"))
    context = Context(settings, params, Run(tmp_path / "data" / "news", "run-1"), Options("sample"))
    download(context)
    made = context.run.read("raw")

    def fill(_: Context, raw: Path) -> dict[str, Any]:
        for file in made.rglob("*.*"):
            target = raw / file.relative_to(made)
            if file.is_file() and file.name != "_manifest.json":
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(file)
        return context.run.facts("raw")

    facts, _ = assert_same(context, fill)
    assert facts["interactions"] > 20_000


def test_portal_clicks(tmp_path: Path) -> None:
    draw = random.Random(4)
    count = 1_000
    clicks = pl.DataFrame(
        {
            "user_id": [draw.choice([7, 30, draw.randrange(200)]) for _ in range(count)],
            "click_article_id": [draw.randrange(40) for _ in range(count)],
            "click_timestamp": [START + draw.randrange(5 * DAY) // 1_000_000 * 1_000_000 for _ in range(count)],
            "session_id": [draw.choice([1, 2**40, 2**62]) for _ in range(count)],
            "click_region": [draw.choice([21, 70_000, 3]) for _ in range(count)],
            "click_deviceGroup": [draw.choice([1, 40_000]) for _ in range(count)],
        },
        schema_overrides={"session_id": pl.UInt64, "user_id": pl.UInt64},
    )
    place = context_of(tmp_path / "site [1] {a}*?")
    facts, _ = assert_same(place, lambda _, raw: clicks.write_parquet(raw / "clicks.parquet"))
    assert facts["rejected_by_reason"]["duplicate_read"]


def test_own_files_with_visits(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    cells = rows(200)
    for number, cell in enumerate(cells):
        cell[0] = "" if number % 5 == 0 else cell[0]  # a visit before its login
        cell[5], cell[6] = ("SP", "21")[number % 2], ("", "phone")[number % 2]
        cell[1] = "" if number % 31 == 0 else cell[1]
        cell[2] = "soon" if number % 37 == 0 else cell[2]
    write_csv(site / "clicks.csv", SITE_CLICKS[:4] + SITE_CLICKS[5:], [cell[:4] + cell[5:] for cell in cells])
    write_csv(site / "articles.csv", ["id", "headline"], [[f"a-{n}", f"Título {n}"] for n in range(8)])
    params = load_params(NewsParams, FILE, ["files.simulate_login = true"])
    settings = Settings(data_dir=tmp_path / "data", clock="data")
    context = Context(settings, params, Run(tmp_path / "data" / "news", "run-1"), Options("files", site))
    download(context)
    made = context.run.read("raw")

    def fill(_: Context, raw: Path) -> dict[str, Any]:
        for file in made.glob("*.parquet"):
            (raw / file.name).symlink_to(file)
        return context.run.facts("raw")

    facts, _ = assert_same(context, fill)
    assert {"article_unknown", "time_not_valid"} <= set(facts["rejected_by_reason"])


def test_damage_is_the_same_message(tmp_path: Path) -> None:
    def fill(_: Context, raw: Path) -> None:
        write_raw(raw, [*dirty_readers(), Reader("odd", [read(0, ms=17)])])

    with both_refuse(context_of(tmp_path), fill) as (polars, spark):
        assert "is not a time between 2000 and 2100" in spark
        assert spark == polars
