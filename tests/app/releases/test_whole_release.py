"""A release with all parts: a snapshot of the live state and a ranker."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from pauta_client.requests import Options, events_request
from pydantic import SecretStr

from script_shared.events import Entry, EventLog, Kind
from script_shared.news.newsroom.newsroom import Newsroom
from script_shared.news.params import FILE, NewsParams
from script_shared.news.ranking.features import FEATURES
from script_shared.news.ranking.ranker import Ranker
from script_shared.news.ranking.score_net import ScoreNet
from script_shared.news.state.state import LiveState
from script_shared.news.state.state_io import save_state
from script_shared.params import load_params
from tests.app.conftest import Store, release_of, serving, until
from tests.app.releases_made import NOW_MS

KEY = "a-key-of-sixteen-letters"


def entries() -> list[Entry]:
    """The hour before the release: everybody reads a20, then a21, and some read a30."""
    told = [(f"r{n}", page) for n in range(80) for page in ("a20", "a21")] + [(f"s{n}", "a30") for n in range(40)]
    start = NOW_MS - 1000 * len(told)
    return [
        Entry(f"e{seq}", Kind.CLICK, start + 1000 * seq, user, page, {"session": "1"}, seq)
        for seq, (user, page) in enumerate(told, 1)
    ]


def ranker() -> Ranker:
    """Trained to prefer what was read most in the last ten minutes."""
    import lightgbm

    random, names = np.random.default_rng(1), list(FEATURES)
    rows = random.normal(size=(2000, len(names))) * 5
    best = rows[:, names.index("share_10m")].reshape(-1, 20).argmax(axis=1) + 20 * np.arange(100)
    labels = np.isin(np.arange(2000), best).astype(int)
    params = {"objective": "lambdarank", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}
    data = lightgbm.Dataset(rows, labels, group=[20] * 100, params={"verbose": -1})
    return Ranker(lightgbm.train(params, data, 20), names, net=network(names))


def network(names: list[str]) -> ScoreNet:
    """It adds nothing to the trees."""
    random, width = np.random.default_rng(2), len(names) + 1
    drawn = {name: random.normal(size=shape) for name, shape in {"first": (width, 8), "second": (8, 4)}.items()}
    zeros = {"mean": width, "first_bias": 8, "second_bias": 4, "out": 4, "linear": width}
    arrays = {**drawn, **{name: np.zeros(size) for name, size in zeros.items()}, "scale": np.ones(width)}
    floats = {name: array.astype(np.float32) for name, array in arrays.items()}
    return ScoreNet(logs=np.array([names.index("share_10m")]), **floats)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, folders: dict[str, Path]) -> Path:
    folder = shutil.copytree(folders["Nova"], tmp_path_factory.mktemp("whole") / "release")
    newsroom = Newsroom(LiveState(load_params(NewsParams, FILE).live))
    newsroom.apply(entries())
    assert newsroom.state is not None
    save_state(newsroom.state, folder / "live")
    ranker().save(folder / "ranker")
    return folder


@pytest.fixture
def client(store: Store, whole: Path) -> Iterator[httpx.Client]:
    store.releases.publish(whole, "whole")
    store.releases.promote("whole", "test")
    with serving(store.settings.model_copy(update={"events_key": SecretStr(KEY)})) as client:
        until(lambda: release_of(client) == "whole")
        yield client


def test_the_ranker_orders_the_articles_of_the_snapshot_and_no_part_is_missing(client: httpx.Client) -> None:
    answer = client.get("/recommendations", params={"user_id": "nobody", "explain": 1}).json()
    assert (answer["source"], answer["degraded"]) == ("ranker", [])
    assert {item["page"] for item in answer["items"][:3]} == {"a20", "a21", "a30"}
    explained = answer["items"][0]["explain"]
    assert set(explained) <= set(FEATURES)
    assert "share_10m" in explained


def test_articles_that_a_user_read_in_the_snapshot_are_not_shown_again(client: httpx.Client) -> None:
    answer = client.get("/recommendations", params={"user_id": "r1", "num_recs": 100}).json()
    assert not {"a20", "a21"} & {item["page"] for item in answer["items"]}
    assert answer["segment"] == "semi_logged"


def test_events_continue_where_the_snapshot_ended(client: httpx.Client, store: Store) -> None:
    body = [{"event_id": f"n{n}", "user_id": f"n{n}", "page": "a44"} for n in range(400)]
    signed = events_request(Options(str(client.base_url), key=KEY), body)  # unsigned, they would not count
    assert client.send(signed).status_code == 200
    first = client.get("/recommendations", params={"user_id": "nobody"}).json()["items"][0]
    assert first["page"] == "a44"
    assert first["reason"] == "trending in the last 10 minutes"
    assert EventLog(store.settings.events_address).head() >= 400


def test_a_release_is_served_without_its_damaged_ranker(store: Store, whole: Path, tmp_path: Path) -> None:
    half = shutil.copytree(whole, tmp_path / "half")
    (half / "ranker" / "ranker.txt").write_text("nothing")
    shutil.rmtree(half / "live" / "readers")
    store.releases.publish(half, "half")
    store.releases.promote("half", "test")
    with serving(store.settings) as client:
        until(lambda: release_of(client) == "half")
        answer = client.get("/recommendations", params={"user_id": "log0"}).json()
    assert answer["degraded"] == ["live_snapshot", "ranker"]
    assert len(answer["items"]) == 10
