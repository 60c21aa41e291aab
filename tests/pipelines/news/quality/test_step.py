"""The data card: written beside the run and into the evaluation folder, and no card for broken tables."""

import re
from pathlib import Path

import polars as pl
import pytest

from pipelines.news.quality.step import quality
from pipelines.news.refine import refine
from pipelines.news.sources.event_log import export_events
from pipelines.use_case import Context
from script_shared.errors import InputError, RunError
from script_shared.events import Entry, EventLog, Kind
from tests.pipelines.news.challenge_files import PAGES, START, Reader, context_of, item, read, write_raw

HOUR = 3_600_000


def _refined(folder: Path, readers: list[Reader]) -> Context:
    context = context_of(folder)
    urls = ["https://pauta.example/economia/a", "https://pauta.example/sp/campinas-regiao/noticia/a"]
    with context.run.write("raw") as (raw, facts):
        facts["source"] = "local"
        write_raw(raw, readers, items=[item(page, url=urls[place % 2]) for place, page in enumerate(PAGES)])
    refine(context)
    return context


READERS = [
    Reader("ann", [read(place % 12, START + place * HOUR, clicks=place) for place in range(60)], "Logged"),
    Reader("bob", [read(1, START + 5 * HOUR), read(2, START + 9 * HOUR), read("gone", START)]),
    Reader("cid", [read(3, START + 2 * HOUR, scroll=7)]),
]


def test_the_card_shows_counts_charts_and_rejects_and_loads_nothing(tmp_path: Path) -> None:
    context = _refined(tmp_path, READERS)
    facts = quality(context)
    page = (context.run.read("quality") / "data-card.html").read_text(encoding="utf-8")
    assert Path(facts["page"]).read_text(encoding="utf-8") == page
    assert Path(facts["page"]) == context.settings.evaluation_dir / "news" / "run-1-data-card.html"
    assert "63 of 64 interactions were kept" in page
    assert page.count('<figure class="plot"') == 13
    assert "article_unknown" in page
    assert "The last read is of 2022-07-03T14:00:00 UTC. The data ends" in page
    assert "it is history, so the release runs on data time until live events come" in page
    page = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=\s*[\"']\s*(https?:|//)|<script|<link", page)


def test_the_card_tells_what_came_from_the_event_log(tmp_path: Path) -> None:
    context = _refined(tmp_path, READERS)
    quality(context)
    assert "event log" not in (context.run.read("quality") / "data-card.html").read_text(encoding="utf-8")
    log = EventLog(f"sqlite:///{tmp_path}/data/events.db")
    log.append([Entry("c", Kind.CLICK, START, "dan", PAGES[0])])
    log.erase("bob")
    log.close()
    with context.run.write("raw") as (raw, facts):
        write_raw(raw, READERS)
        facts |= {"source": "local", **export_events(context, raw)}
    refine(context)
    quality(context)
    page = (context.run.read("quality") / "data-card.html").read_text(encoding="utf-8")
    assert "From the event log: 1 interactions, 0 posted articles; 1 erased users of the files were left out." in page


def test_the_card_names_reads_ahead(tmp_path: Path) -> None:
    crowd = [Reader(f"u{n}", [read(n % 12, START + n % 48 * HOUR)]) for n in range(400)]
    context = _refined(tmp_path, [*crowd, Reader("clock", [read(1, START + 24 * 365 * HOUR)])])
    quality(context)
    page = (context.run.read("quality") / "data-card.html").read_text(encoding="utf-8")
    assert (
        f"1 reads of 1 users lie ahead of that and were rejected (time_ahead): article {PAGES[1]}: 2023-07-01T03:00"
        in page
    )


def test_the_facts_count_segments(tmp_path: Path) -> None:
    facts = quality(_refined(tmp_path, READERS))
    assert facts["interactions"] == 63
    assert facts["rejected_share"] == pytest.approx(1 / 64)
    assert {name: row["users"] for name, row in facts["shares"].items()} == pytest.approx(
        {"logged": 1 / 3, "semi_logged": 1 / 3, "anonymous": 1 / 3}
    )
    assert facts["shares"]["logged"]["reads"] == pytest.approx(60 / 63)


def test_a_run_without_any_kept_read_still_has_a_card(tmp_path: Path) -> None:
    context = _refined(tmp_path, [Reader("ann", [read("gone")]), Reader("bob", [])])
    assert quality(context)["interactions"] == 0
    assert "nothing to draw" in (context.run.read("quality") / "data-card.html").read_text(encoding="utf-8")


def test_a_stored_table_that_breaks_a_rule_stops_the_step(tmp_path: Path) -> None:
    context = _refined(tmp_path, READERS)
    path = context.run.read("refined") / "interactions.parquet"
    pl.read_parquet(path).with_columns(pl.lit(99, pl.UInt32).alias("article")).write_parquet(path)
    with pytest.raises(
        InputError, match="table interactions of run run-1, column article: 63 rows fail the rule below"
    ):
        quality(context)
    assert not context.run.complete("quality")


def test_a_run_that_is_not_refined_has_no_card(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"does not exist|folder refined is missing"):
        quality(context_of(tmp_path))
