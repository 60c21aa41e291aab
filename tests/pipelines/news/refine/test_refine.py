"""Refine on generated histories: equal to a plain reference, nothing lost, both spellings of lists alike."""

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.news.refine.challenge.files import refine_challenge
from script_shared.errors import SettingsError
from script_shared.news.params import FILE, NewsParams, RefineParams
from script_shared.params import load_params
from tests.pipelines.news.challenge_files import PAGES, START, Reader, read, write_raw
from tests.pipelines.news.refine.reference import refine_plainly

ESID = "esid:conteudo_editorial_g1#materia#https://pauta.example/a,b.ghtml"
ACTIONS = st.sampled_from(["reject", "clip"])
AMOUNTS = st.one_of(st.integers(0, 40), st.floats(0, 5e5, width=32), st.sampled_from(["nan", "-3", "inf"]))
DAY_MS = 24 * 3_600_000
WEIGHTS = {"minutes_log1p": 0.25, "clicks": 1.7, "scroll": 0.35, "page_visits": 2.2}


@st.composite
def histories(draw: st.DrawFn) -> list[Reader]:
    pages = st.sampled_from([*PAGES, "no-such-page", ESID])
    times = st.builds(lambda day, ms: START + day * DAY_MS + ms, st.integers(0, 4), st.integers(0, 50))
    reads = st.tuples(pages, times, AMOUNTS, st.integers(0, 10**8), AMOUNTS, AMOUNTS)
    sizes = st.lists(st.lists(reads, max_size=8), min_size=2, max_size=6)
    kinds = st.sampled_from(["Logged", "Non-Logged"])
    return [Reader(f"user{number}", reads, draw(kinds)) for number, reads in enumerate(draw(sizes))]


@st.composite
def rules(draw: st.DrawFn) -> RefineParams:
    tops = {"reads_per_day": 5, "seconds_on_page": 1800, "scroll_percent": 100, "clicks": 10, "page_visits": 20}
    outliers = {name: {"max": top, "action": draw(ACTIONS)} for name, top in tops.items()}
    robots = {"robot_reads_per_day": draw(st.sampled_from([1.5, 3, 100]))}
    return RefineParams.model_validate({"outliers": {**outliers, **robots}, "engagement": WEIGHTS})


def _refined(readers: list[Reader], params: RefineParams, **how: Any) -> tuple[dict[str, Any], dict[str, pl.DataFrame]]:
    with tempfile.TemporaryDirectory() as name:
        raw, folder = Path(name, "raw"), Path(name, "refined")
        folder.mkdir()
        write_raw(raw, readers, **how)
        facts = refine_challenge(raw, folder, params, "run-1")
        return facts, {file.stem: pl.read_parquet(file) for file in folder.glob("*.parquet")}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(histories(), rules())
def test_refine_equals_a_plain_reference_and_loses_no_row(readers: list[Reader], params: RefineParams) -> None:
    facts, tables = _refined(readers, params)
    kept, rejected = refine_plainly(readers, PAGES, params)
    rows = tables["interactions"].with_columns(pl.col("timestamp").to_physical())
    columns = ["user", "article", "timestamp", "seconds_on_page", "clicks", "scroll_percent", "page_visits"]
    assert rows.select(columns).rows() == [row[:7] for row in kept]
    assert rows["engagement"].to_list() == pytest.approx([row[7] for row in kept], rel=1e-5)
    refused = tables["rejected"].with_columns(pl.col("timestamp").to_physical())
    assert refused.select("user_id", "article_id", "timestamp", "reason").rows() == rejected
    assert facts["input_rows"] == rows.height + refused.height == sum(len(reader.reads) for reader in readers)
    assert tables["users"]["reads"].sum() == rows.height


@settings(max_examples=15, deadline=None)
@given(histories(), rules())
def test_both_spellings_of_lists_give_the_same_tables(readers: list[Reader], params: RefineParams) -> None:
    commas, numpys = _refined(readers, params), _refined(readers, params, numpy=True)
    assert commas[0] == numpys[0]
    assert all(commas[1][name].equals(numpys[1][name]) for name in commas[1])


PARAMS = RefineParams.model_validate(
    {
        "outliers": {
            "reads_per_day": {"max": 5, "action": "reject"},
            "robot_reads_per_day": 60,
            "seconds_on_page": {"max": 1800, "action": "clip"},
            "scroll_percent": {"max": 100, "action": "clip"},
            "clicks": {"max": 10, "action": "reject"},
            "page_visits": {"max": 20, "action": "clip"},
        },
        "engagement": WEIGHTS,
    }
)


def test_an_id_that_is_no_page_is_rejected_with_its_name_and_file() -> None:
    _, tables = _refined([Reader("a", [read(0), read(ESID, START + 1)]), Reader("b", [read(1)])], PARAMS)
    assert tables["rejected"].select("user_id", "article_id", "file", "reason", "value").rows() == [
        ("a", ESID, "treino_parte1.csv", "article_unknown", None)
    ]


def test_a_rejected_value_is_kept_beside_its_reason() -> None:
    _, tables = _refined([Reader("a", [read(0, clicks=11)]), Reader("b", [read(1)])], PARAMS)
    assert tables["rejected"].select("reason", "value").rows() == [("clicks_above_max", 11.0)]


def test_values_cut_to_the_maximum_are_counted() -> None:
    facts, tables = _refined([Reader("a", [read(0, scroll=526_275)]), Reader("b", [read(1)])], PARAMS)
    assert facts["clipped_values"] == {"seconds_on_page": 0, "scroll_percent": 1, "page_visits": 0}
    assert tables["interactions"]["scroll_percent"].to_list() == [100.0, 50.5]


def test_the_same_article_at_another_time_is_a_read_of_its_own() -> None:
    readers = [Reader("a", [read(0), read(0), read(0, START + 1), read(1)]), Reader("b", [read(0)])]
    facts, tables = _refined(readers, PARAMS)
    assert facts["rejected_by_reason"] == {"duplicate_read": 1}
    assert tables["interactions"].height == 4


def test_users_and_reads_keep_the_order_of_the_files() -> None:
    readers = [Reader(name, [read(place)]) for place, name in enumerate("dbca")]
    _, tables = _refined(readers, PARAMS)
    assert tables["users"]["user_id"].to_list() == list("dbca")
    assert tables["interactions"]["article"].to_list() == [0, 1, 2, 3]


def test_a_user_without_a_kept_read_stays_a_user() -> None:
    _, tables = _refined([Reader("a", []), Reader("b", [read("gone")]), Reader("c", [read(0)])], PARAMS)
    assert tables["users"].select("user_id", "reads").rows() == [("a", 0), ("b", 0), ("c", 1)]


def test_parts_are_read_in_the_order_of_their_numbers() -> None:
    readers = [Reader(f"user{number:02}", [read(0)]) for number in range(11)]
    _, tables = _refined(readers, PARAMS, parts=11)
    assert tables["users"]["user_id"].to_list() == [reader.user_id for reader in readers]


DEFAULT = load_params(NewsParams, FILE).refine


def test_a_loyal_user_of_a_year_keeps_every_read() -> None:
    loyal = [read(day % 12, START + day * DAY_MS + turn) for day in range(365) for turn in range(3)]
    facts, _ = _refined([Reader("loyal", loyal), Reader("b", [read(1)])], DEFAULT)
    assert (facts["interactions"], facts["rejected_rows"]) == (1096, 0)


def test_a_robot_loses_all_reads_and_a_long_day_only_what_is_beyond_the_limit() -> None:
    robot = [read(turn % 12, START + day * DAY_MS + turn) for day in range(3) for turn in range(61)]
    long_day = [read(turn % 12, START + turn) for turn in range(230)]
    facts, tables = _refined([Reader("robot", robot), Reader("long", long_day)], DEFAULT)
    assert facts["rejected_by_reason"] == {"robot": 183, "too_many_a_day": 30}
    assert tables["interactions"]["timestamp"].to_physical().to_list() == [START + turn for turn in range(200)]


def test_the_old_limit_is_refused_with_what_replaced_it() -> None:
    old = 'refine.outliers.history_size = { max = 800, action = "reject" }'
    with pytest.raises(SettingsError, match=r"replaced by reads_per_day .* robot_reads_per_day"):
        load_params(NewsParams, FILE, [old])
