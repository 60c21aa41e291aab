"""What the event log holds becomes part of the refined tables, and who was erased is in none of them."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.replay.sources import from_run
from pipelines.news.sources.event_log import export_events
from script_shared.events import Entry, EventLog, Kind
from script_shared.events.entry import user_digest
from tests.pipelines.news.challenge_files import PAGES, START, context_of, write_raw
from tests.pipelines.news.refine.events.refined_events import HOUR, READERS, click, post, refined, rejected


def test_clicks_of_known_and_new_readers_join_the_reads_of_the_files(tmp_path: Path) -> None:
    clicks = [click(1, "ana", PAGES[3], session="7", region="sp", device="2"), click(2, "lia", PAGES[3], START + HOUR)]
    facts, data, _ = refined(tmp_path, *clicks)
    assert (facts["events_clicks"], facts["events_readers"], facts["events_seq"]) == (2, 1, 2)
    assert data.users.select("user_id", "user_type", "reads").rows() == [
        ("ana", "Logged", 3),
        ("rui", "Non-Logged", 1),
        ("eva", "Non-Logged", 1),
        ("lia", "Non-Logged", 1),
    ]
    last = data.interactions.rows(slice(-1, None))
    assert (last.user.tolist(), last.article.tolist(), last.time_ms.tolist()) == ([0], [3], [START + 4 * HOUR])
    assert (last.session.tolist(), last.region.tolist(), last.device.tolist()) == ([7], [10_000], [2])
    assert (data.folder / "labels.json").read_text() == '{\n "region": {\n  "sp": 10000\n },\n "device": {}\n}'
    assert last.engagement[0] == pytest.approx((1.7 + 2.2) * 0.6931, abs=1e-3)  # one click, one visit


def test_a_visit_without_a_reader_is_one(tmp_path: Path) -> None:
    _, data, _ = refined(tmp_path, click(1, "", PAGES[3], session="s1"), click(2, "", PAGES[3]))
    assert data.users["user_id"].to_list()[3:] == ["session s1"]
    assert rejected(data) == [("", PAGES[3], "user_unknown")]


def test_what_the_files_hold_already_is_counted_once(tmp_path: Path) -> None:
    facts, data, _ = refined(
        tmp_path, click(1, "ana", PAGES[0], START), click(2, "lia", PAGES[3]), click(3, "lia", PAGES[3])
    )
    assert rejected(data) == [("ana", PAGES[0], "duplicate_read"), ("lia", PAGES[3], "duplicate_read")]
    assert facts["input_rows"] == len(data.interactions) + facts["rejected_rows"] == 8


def test_articles_nobody_knows_and_readers_without_a_kept_click_stay_out(tmp_path: Path) -> None:
    _, data, _ = refined(tmp_path, click(1, "lia", "a page from elsewhere"))
    assert rejected(data) == [("lia", "a page from elsewhere", "article_unknown")]
    assert "lia" not in data.users["user_id"].to_list()


def test_posted_articles_extend_and_correct_the_catalog(tmp_path: Path) -> None:
    entries = [
        post(1, "new", title="Um", text="Texto", url="https://pauta.example/sp/campinas/noticia/a.ghtml"),
        post(2, PAGES[1], title="Outro", section="mundo"),
        post(3, "new", title="Dois", issued_ms=START + 5),
        post(4, "odd", START + 9, issued_ms=17),
        post(5, PAGES[2], title="Nunca"),
        post(6, PAGES[2], title=None),
        click(7, "lia", "new"),
    ]
    facts, data, _ = refined(tmp_path, *entries)
    table = pl.read_parquet(data.folder / "articles.parquet")
    assert facts["events_articles"] == 4
    assert table["article_id"].to_list() == [*PAGES, "new", "odd"]
    rows = {row["article_id"]: row for row in table.to_dicts()}
    assert rows["new"] | {"issued": 0, "article": 0} == {
        "article": 0,
        "article_id": "new",
        "url": "https://pauta.example/sp/campinas/noticia/a.ghtml",
        "title": "Dois",
        "caption": "",
        "body": "Texto",
        "issued": 0,
        "section": "regional",
        "region": "sp",
    }
    assert data.issued_ms[-2:].tolist() == [START + 5, START + 9]
    assert (rows[PAGES[1]]["title"], rows[PAGES[1]]["section"], rows[PAGES[1]]["caption"]) == (
        "Outro",
        "mundo",
        "Legenda",
    )
    assert rows[PAGES[2]]["title"] == "Título, com vírgula"  # taken back
    assert data.interactions.article[-1] == 12


def test_clicks_dated_by_the_wall_clock_before_a_release_of_old_data_stay_out(tmp_path: Path) -> None:
    days = [
        click(number, "lia", PAGES[number], START + 25 * number * 24 * HOUR) for number in (1, 2, 3)
    ]  # 25 days apart
    wall = click(9, "lia", PAGES[9], START + 4 * 365 * 24 * HOUR)
    _, data, _ = refined(tmp_path, wall, *days)
    assert rejected(data) == [("lia", PAGES[9], "time_ahead")]
    assert data.end_ms == days[-1].time_ms


def test_a_robot_of_the_log_is_one_by_all_it_did(tmp_path: Path) -> None:
    """61 reads on each of two days, and what the files hold of a third."""
    entries = [
        click(number, "ana", PAGES[3], START + (24 + 24 * (number % 2)) * HOUR + number) for number in range(180)
    ]
    facts, data, _ = refined(tmp_path, *entries)
    assert facts["rejected_by_reason"]["robot"] == 180
    assert data.users["reads"][0] == 2


def test_a_day_of_the_log_has_room_for_what_the_files_leave_of_it(tmp_path: Path) -> None:
    entries = [click(number, "ana", PAGES[3], START + 2 * HOUR + number) for number in range(210)]
    facts, data, _ = refined(tmp_path, *entries)
    assert facts["rejected_by_reason"] == {"not_believed": 197, "too_many_a_day": 12, "article_unknown": 1}
    assert data.users["reads"][0] == 3


@pytest.mark.parametrize("held_out", [False, True])
def test_who_was_erased_is_in_no_table(tmp_path: Path, held_out: bool) -> None:
    validation = [("eva", [PAGES[4]], [START + 90 * HOUR]), ("ana", [PAGES[4]], [START + 90 * HOUR])]
    log = [click(1, "eva", PAGES[3]), click(2, "rui", PAGES[3])]
    facts, data, _ = refined(tmp_path, *log, erase="eva", validation=validation if held_out else ())
    assert (facts["erased_readers"], facts["erased_left_out"]) == (1, 1)
    assert data.users["user_id"].to_list() == ["ana", "rui"]
    assert len(data.interactions) == 4
    assert facts["input_rows"] == 4
    for table in data.folder.glob("*.parquet"):
        assert b"eva" not in repr(pl.read_parquet(table).to_dicts()).encode()
    if held_out:
        assert data.validation is not None
        assert data.validation.user.tolist() == [0]


def test_a_visit_that_was_erased_is_in_no_table_nor_is_what_it_does_later(tmp_path: Path) -> None:
    entries = [click(1, "", PAGES[3], session="s1"), click(2, "", PAGES[3], session="s2")]
    context = context_of(tmp_path / "later")
    context.settings.data_dir.mkdir(parents=True)
    log = EventLog(context.settings.events_address)
    log.append(entries)
    log.erase("session s1")
    log.append([click(3, "", PAGES[4], session="s1")])
    log.close()
    with context.run.write("raw") as (place, facts):
        write_raw(place, READERS)
        facts |= export_events(context, place)
    refine(context)
    users = Dataset.load(context.run.read("refined")).users["user_id"].to_list()
    assert users[3:] == ["session s2"]


def test_a_file_of_erased_readers_alone_is_no_empty_file(tmp_path: Path) -> None:
    _, data, _ = refined(tmp_path, erase="eva", parts=3)
    assert data.users["user_id"].to_list() == ["ana", "rui"]


def test_held_out_reads_count_while_they_come_after_the_data(tmp_path: Path) -> None:
    validation = [("ana", [PAGES[4], PAGES[5]], [START + 4 * HOUR, START + 6 * HOUR])]
    facts, data, _ = refined(tmp_path, click(1, "rui", PAGES[3], START + 5 * HOUR), validation=validation)
    assert data.validation is not None
    assert data.validation.article.tolist() == [5]
    assert facts["validation"]["rejected_by_reason"] == {"before_data_end": 1}


def test_held_out_reads_of_the_past_are_no_table(tmp_path: Path) -> None:
    validation = [("ana", [PAGES[4]], [START + 4 * HOUR])]
    _, data, _ = refined(tmp_path, click(1, "rui", PAGES[3], START + 5 * HOUR), validation=validation)
    assert data.validation is None


def test_without_a_log_nothing_is_different(tmp_path: Path) -> None:
    context = context_of(tmp_path)
    with context.run.write("raw") as (place, facts):
        write_raw(place, READERS)
        facts |= export_events(context, place)
    done = refine(context)
    assert facts["events"] == "no event log yet"
    assert (done["events_seq"], done["events_clicks"], done["events_articles"]) == (0, 0, 0)
    assert not context.settings.events_address.endswith("events.db") or not list(tmp_path.rglob("events.db"))


def test_the_replay_speaks_of_regions_and_devices_as_the_events_did(tmp_path: Path) -> None:
    clicks = [
        click(1, "ana", PAGES[3], session="7", region="sp", device="2"),
        click(2, "rui", PAGES[3], region="21", device="phone"),
    ]
    _, data, _ = refined(tmp_path, *clicks)
    last = from_run(data.folder).events(len(data.interactions) - 2, len(data.interactions))
    assert [(event.user, event.session, event.region, event.device) for event in last] == [
        ("ana", "7", "sp", "2"),
        ("rui", "", "21", "phone"),
    ]
    first = from_run(data.folder).events(0, 1)[0]
    assert (first.region, first.device) == ("", "")


def test_clicks_found_bad_and_clicks_that_nobody_should_believe_are_left_out(tmp_path: Path) -> None:
    fakes = [click(100 + n, f"fake{n}", PAGES[3], START + 30 * HOUR + n) for n in range(40)]
    people = [
        click(200 + 100 * day + n, f"person{n}", PAGES[day], START + (4 + 25 * day) * HOUR + n)
        for day in range(2)
        for n in range(80)
    ]
    rule = {"digests": [user_digest("person7")], "from_ms": 0, "until_ms": 2_000_000_000_000}
    found_bad = Entry("q", Kind.QUARANTINE, START, body=rule)
    again = click(1, "person1", PAGES[0], START + 31 * HOUR)
    _, data, _ = refined(tmp_path, *people, *fakes, again, found_bad)
    reasons = [(user, reason) for user, _, reason in rejected(data)]
    assert ("person1", "not_believed") in reasons
    assert [user for user, reason in reasons if reason == "quarantined"] == ["person7"] * 2
    left_out = [user for user, reason in reasons if reason == "not_believed" and user.startswith("fake")]
    assert len(left_out) > 30
    assert not [user for user, reason in reasons if user.startswith("person") and user not in ("person1", "person7")]


def test_ids_that_an_earlier_version_logged_with_white_space_are_those_of_today(tmp_path: Path) -> None:
    _, data, _ = refined(tmp_path, click(1, " ana ", f" {PAGES[3]}\u00a0"), post(2, " neu "), click(3, "rui", "neu"))
    assert data.users["user_id"].to_list() == ["ana", "rui", "eva"]
    assert data.articles["article_id"].to_list()[-1] == "neu"
    assert rejected(data) == []
