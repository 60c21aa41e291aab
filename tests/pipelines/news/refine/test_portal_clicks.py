"""Portal clicks become the same tables; the login flag is simulated and stable."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.news.dataset import Dataset
from pipelines.news.refine import refine
from pipelines.news.refine.rows.label_codes import label_codes
from pipelines.news.refine.rows.login import simulated_login
from pipelines.news.replay.sources import from_clicks, from_dataset
from tests.pipelines.news.challenge_files import START, context_of
from tests.realdata import real_data

CLICKS = pl.DataFrame(
    {
        "user_id": [30, 7, 30, 30],
        "click_article_id": [500, 500, 20, 500],
        "click_timestamp": [START + 9, START, START + 4, START + 9],
        "session_id": [1, 2, 1, 1],
        "click_region": [21, 3, 21, 21],
        "click_deviceGroup": [1, 3, 1, 1],
    }
)


def _refined(folder: Path, clicks: pl.DataFrame | Path) -> tuple[dict[str, object], Dataset]:
    context = context_of(folder)
    with context.run.write("raw") as (raw, _):
        if isinstance(clicks, Path):
            (raw / "clicks.parquet").symlink_to(clicks)
        else:
            clicks.write_parquet(raw / "clicks.parquet")
    facts = refine(context)
    return facts, Dataset.load(context.run.read("refined"))


def test_users_and_articles_are_numbered_by_their_ids_and_reads_sorted_by_time(tmp_path: Path) -> None:
    facts, data = _refined(tmp_path, CLICKS)
    assert data.users["user_id"].to_list() == ["7", "30"]
    assert data.articles["article_id"].to_list() == ["20", "500"]
    assert data.interactions.user.tolist() == [0, 1, 1]
    assert data.interactions.article.tolist() == [1, 0, 1]
    assert data.interactions.session.tolist() == [2, 1, 1]
    assert data.interactions.region.tolist() == [3, 21, 21]
    assert facts["rejected_by_reason"] == {"duplicate_read": 1}


def test_an_article_counts_as_issued_at_its_first_click(tmp_path: Path) -> None:
    _, data = _refined(tmp_path, CLICKS)
    assert data.issued_ms.tolist() == [START + 4, START]


@pytest.mark.parametrize("unit", [pl.col("click_timestamp") * 1000, pl.col("click_timestamp") // 1000])
def test_clicks_in_microseconds_or_seconds_are_the_same_clicks(tmp_path: Path, unit: pl.Expr) -> None:
    _, data = _refined(tmp_path, CLICKS.with_columns(pl.col("click_timestamp") // 1000 * 1000).with_columns(unit))
    assert set(data.interactions.time_ms.tolist()) == {START}


def test_what_the_source_does_not_measure_is_null_in_the_table(tmp_path: Path) -> None:
    _, data = _refined(tmp_path, CLICKS)
    table = pl.read_parquet(data.folder / "interactions.parquet")
    assert table["seconds_on_page"].null_count() == table["scroll_percent"].null_count() == table.height
    assert table["engagement"].to_list() == [1.0] * 3


def test_the_login_flag_depends_on_the_user_alone() -> None:
    ids = [str(number) for number in range(2_000)]
    clicks = np.tile([2, 40], 1_000)
    flags = simulated_login(ids, clicks)
    assert simulated_login(ids[::-1], clicks[::-1]).tolist() == flags[::-1].tolist()
    assert flags[::2].mean() == pytest.approx(0.051, abs=0.02)  # sigmoid(-3.80 + 1.25 ln 2)
    assert flags[1::2].mean() == pytest.approx(0.692, abs=0.05)  # sigmoid(-3.80 + 1.25 ln 40)


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt64])
def test_large_codes_of_regions_and_devices_get_labels_and_small_ones_stay(tmp_path: Path, kind: pl.DataType) -> None:
    codes = {"click_region": [21, 70_000, 21, 3], "click_deviceGroup": [1, 1, 40_000, 32_767]}
    _, data = _refined(tmp_path, CLICKS.with_columns(pl.Series(name, values, kind) for name, values in codes.items()))
    assert data.interactions.region.tolist() == [10_000, 21, 21]
    assert data.labels["region"] == {10_000: "70000"}
    assert data.labels["device"][data.interactions.device.tolist()[1]] == "40000"


def test_negative_sessions_are_sessions_and_minus_one_is_none(tmp_path: Path) -> None:
    sessions = pl.Series("session_id", [-(2**63), -1, -(2**63), None], pl.Int64)
    clicks = CLICKS.with_columns(sessions, pl.Series("click_timestamp", [START + 9, START, START + 4, START + 12]))
    _, data = _refined(tmp_path, clicks.with_columns(pl.Series("click_article_id", [500, 500, 20, 30])))
    assert data.interactions.session.tolist() == [-1, -(2**63), -(2**63), -1]
    clicks.write_parquet(tmp_path / "again.parquet")
    for stream in (from_dataset(data), from_clicks(tmp_path / "again.parquet")):
        assert [event.session for event in stream.events(0, 4)] == ["", str(-(2**63)), str(-(2**63)), ""]


def test_sessions_of_all_64_bits_stay_different(tmp_path: Path) -> None:
    sessions = pl.Series("session_id", [2**64 - 1, 2**63, 2**64 - 1, 2**64 - 1], pl.UInt64)
    _, data = _refined(tmp_path, CLICKS.with_columns(sessions))
    assert len(set(data.interactions.session.tolist())) == 2


def test_labels_that_come_later_leave_the_codes_that_others_have() -> None:
    _, files = label_codes(pl.Series(["sp", "70000"]))
    codes, both = label_codes(pl.Series(["rj", "sp", "5", ""]), files)
    assert both == {"70000": 10_000, "sp": 10_001, "rj": 10_002}
    assert codes.to_list() == [10_002, 10_001, 5, None]


@pytest.mark.realdata
def test_the_real_clicks_are_refined_whole(tmp_path: Path) -> None:
    facts, data = _refined(tmp_path, real_data("globo_clicks/clicks_2017-10-01_13.parquet"))
    assert facts["input_rows"] == 2_606_437
    assert facts["rejected_by_reason"] == {"robot": 1_855}
    assert len(data.interactions) == 2_604_582
    assert (data.n_users, data.n_articles) == (302_978, 39_387)
    assert data.logged.mean() == pytest.approx(0.197, abs=0.003)
    assert data.logged[data.interactions.user].mean() == pytest.approx(0.431, abs=0.006)
