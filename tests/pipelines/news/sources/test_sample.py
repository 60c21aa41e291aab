"""The generated sample: the challenge's exact files, deterministic, with the traps of real data in them."""

import hashlib
import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.news.sources.sample import fingerprint_of, generate
from pipelines.sample_world.catalog import END_MS
from tests.pipelines.sample_world.worlds import LISTS, itens, reads, sample_params, treino

HOUR = 3_600_000


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.csv"))
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(small_world: Path, tmp_path: Path) -> None:
    generate(tmp_path / "same", sample_params(validation=True))
    generate(tmp_path / "other", sample_params(validation=True, seed=12))
    assert digest(tmp_path / "same") == digest(small_world)
    assert not set(digest(tmp_path / "other").values()) & set(digest(small_world).values())


@pytest.mark.parametrize("key", ["users", "articles", "interactions", "days", "seed", "validation"])
def test_every_param_changes_the_fingerprint(key: str) -> None:
    params = sample_params()
    value = getattr(params, key)
    other = params.model_copy(update={key: not value if key == "validation" else value + 1})
    assert fingerprint_of(other) != fingerprint_of(params)
    assert fingerprint_of(params) == fingerprint_of(sample_params())


def test_files_and_columns_are_the_challenges(small_world: Path) -> None:
    names = sorted(path.relative_to(small_world).as_posix() for path in small_world.rglob("*.csv"))
    assert names == [
        *(f"files/treino/treino_parte{part}.csv" for part in range(1, 7)),
        *(f"itens/itens/itens-parte{part}.csv" for part in range(1, 4)),
        "validacao.csv",
    ]
    assert treino(small_world).columns == ["userId", "userType", "historySize", *LISTS]
    assert itens(small_world).columns[:7] == ["page", "url", "issued", "modified", "title", "body", "caption"]


@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(
    users=st.integers(1, 60),
    articles=st.integers(1, 60),
    per_user=st.floats(0.1, 12),
    days=st.floats(0.05, 3),
    seed=st.integers(0, 2**40),
)
def test_worlds_of_any_size_are_consistent(
    tmp_path_factory: pytest.TempPathFactory, users: int, articles: int, per_user: float, days: float, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    interactions = max(1, int(users * per_user))
    params = sample_params(
        users=users, articles=articles, interactions=interactions, days=days, seed=seed, validation=True
    )
    generate(folder, params)
    readers = treino(folder)
    assert readers.height == readers["userId"].n_unique() == users
    for name in LISTS:
        assert (readers[name].str.split(", ").list.len() == readers["historySize"]).all()
    clicks = reads(folder)
    assert clicks["timestampHistory"].is_between(END_MS - days * 24 * HOUR - 1, END_MS, closed="left").all()
    assert clicks.select((pl.col("timestampHistory").diff().over("userId").drop_nulls() >= 0).all()).item()
    joined = clicks.join(itens(folder), left_on="history", right_on="page")
    assert (joined["issued_ms"] <= joined["timestampHistory"]).all()


def test_the_columns_are_distributed_about_as_in_the_challenge(default_world: Path) -> None:
    readers, clicks = treino(default_world), reads(default_world)
    assert re.fullmatch(r"[0-9a-f]{64}", readers["userId"][0])
    assert readers["historySize"].quantile(0.25) == 1
    assert readers["historySize"].median() == 2
    assert readers["historySize"].max() > 800
    assert (readers["userType"] == "Logged").mean() == pytest.approx(0.2061, abs=0.001)
    assert (clicks["userType"] == "Logged").mean() == pytest.approx(0.4526, abs=0.01)
    assert clicks["timeOnPageHistory"].min() >= 5_000
    assert clicks["timeOnPageHistory"].median() == pytest.approx(60_000, rel=0.15)
    assert clicks["scrollPercentageHistory"].median() == pytest.approx(43.2, abs=5)
    assert clicks["numberOfClicksHistory"].median() == 1
    assert clicks["pageVisitsCountHistory"].mean() == pytest.approx(1.14, abs=0.03)
    assert clicks["timestampHistory"].cast(pl.Float64).equals(clicks["timestampHistory_new"], check_names=False)


def test_the_dirty_spots_of_real_files_are_there(default_world: Path) -> None:
    clicks, items = reads(default_world), itens(default_world)
    assert clicks["history"].str.starts_with("esid:conteudo_editorial_g1#materia#https://").any()
    assert set(clicks["history"]) - set(items["page"])
    assert set(items["page"]) - set(clicks["history"])
    assert clicks.select((pl.col("timestampHistory").diff().over("userId") == 0).any()).item()
    assert clicks["scrollPercentageHistory"].max() > 10_000
    assert clicks["timeOnPageHistory"].max() > 1_800_000
    assert clicks["numberOfClicksHistory"].max() > 1_000
    assert clicks["pageVisitsCountHistory"].max() > 100
    assert (items["modified"].dt.epoch("ms") > END_MS).mean() > 0.2
    assert items["issued"].min().year < 2016
    assert items["body"].str.contains("\n").mean() > 0.9
    assert items["body"].str.contains('"').mean() > 0.7
    assert items["page"].is_unique().all()
    assert items.null_count().sum_horizontal().item() == 0


def test_most_articles_are_published_in_the_window_and_die_within_hours(default_world: Path) -> None:
    clicks = reads(default_world).join(itens(default_world), left_on="history", right_on="page")
    age = (clicks["timestampHistory"] - clicks["issued_ms"]) / HOUR
    assert 2 < age.median() < 8
    assert age.quantile(0.9) < 30
    assert (itens(default_world)["issued_ms"] > END_MS - 240 * HOUR).mean() > 0.85


def test_the_validation_file_holds_later_reads_of_known_readers_in_numpy_lists(small_world: Path) -> None:
    held = pl.read_csv(small_world / "validacao.csv")
    assert held.columns == ["userId", "userType", "history", "timestampHistory"]
    assert set(held["userId"]) <= set(treino(small_world)["userId"])
    known = set(reads(small_world).select("userId", "history").iter_rows())
    sizes = set()
    for user, pages, times in held.select("userId", "history", "timestampHistory").iter_rows():
        assert re.fullmatch(r"\['[^']+'(\n '[^']+')*\]", pages)
        ids = re.findall(r"'([^']+)'", pages)
        stamps = [int(stamp) for stamp in times.strip("[]").split(" ")]
        assert len(ids) == len(stamps) <= 5
        assert all(END_MS < stamp <= END_MS + 48 * HOUR for stamp in stamps)
        assert not {(user, page) for page in ids} & known
        sizes.add(len(ids))
    assert len(sizes) > 1
    assert itens(small_world)["issued_ms"].max() < END_MS


def test_without_the_param_there_is_no_validation_file(tmp_path: Path) -> None:
    facts = generate(tmp_path, sample_params())
    assert not (tmp_path / "validacao.csv").exists()
    assert json.loads(json.dumps(facts)) == {"users": 900, "articles": 500, "interactions": 9_000}
