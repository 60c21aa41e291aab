"""Several use cases in one service: each has its own releases, and one without any does not stop the others."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter

from app.dependencies import in_service
from app.use_case import AppUseCase, Parts, ReleaseLoader
from script_shared.errors import ReleaseCorruptError
from script_shared.releases import Manifest, Releases
from script_shared.use_cases import Entry
from tests.app.conftest import Store, release_of, serving, until

HERE = "tests.app.test_use_cases"
router = APIRouter(prefix="/words")


class WordLoader(ReleaseLoader[str]):
    """A release is one word."""

    def load(self, folder: Path, manifest: Manifest, *, without: Collection[str] = ()) -> str:
        word = (folder / "word.txt").read_text()
        if not word:
            raise ReleaseCorruptError("there is no word.")
        return word

    def card(self, loaded: str) -> dict[str, Any]:
        return {"letters": len(loaded)}


@router.get("/word")
async def get_word(word: Annotated[str, in_service("words")]) -> dict[str, str]:
    return {"word": word}


def loader(parts: Parts) -> WordLoader:
    return WordLoader()


WORDS = AppUseCase("words", loader, (router,))
ENTRY = Entry("words", pipelines="nowhere:CASE", app=f"{HERE}:WORDS")


class Words:
    """The releases of the second use case."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.releases, self._folder = Releases(f"{store.settings.models_uri}/words"), folder

    def promote(self, version: str, word: str) -> None:
        folder = self._folder / version
        folder.mkdir()
        (folder / "word.txt").write_text(word)
        self.releases.publish(folder, version)
        self.releases.promote(version, "test")


@pytest.fixture
def words(store: Store, tmp_path: Path) -> Words:
    return Words(store, tmp_path)


@pytest.fixture
def both(store: Store, words: Words) -> Iterator[httpx.Client]:
    """News has a release, the second use case none."""
    store.promote("n1")
    with serving(store.settings.model_copy(update={"use_cases": f"news,{HERE}:ENTRY"})) as client:
        until(lambda: release_of(client) == "n1")
        yield client


def word(client: httpx.Client) -> Any:
    return client.get("/words/word").json().get("word")


def test_a_use_case_without_a_release_answers_503_with_the_reason_while_the_others_serve(both: httpx.Client) -> None:
    answer = both.get("/words/word")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("No release of words is in service: no release has been promoted yet")
    assert both.get("/recommendations").status_code == 200
    ready = both.get("/ready")
    assert ready.status_code == 200
    assert ready.json()["use_cases"]["news"] == {"ready": True, "release": "n1", "reason": None}
    assert ready.json()["use_cases"]["words"]["ready"] is False
    assert both.get("/ready?use_case=words").status_code == 503
    assert both.get("/model?use_case=words").status_code == 503


def test_the_first_use_case_makes_the_service_ready_and_no_other(store: Store, words: Words) -> None:
    words.promote("w1", "one")
    with serving(store.settings.model_copy(update={"use_cases": f"news,{HERE}:ENTRY"})) as client:
        until(lambda: word(client) == "one")
        until(lambda: "no release has been promoted" in client.get("/ready").json()["detail"])
        assert client.get("/ready").status_code == 503
        assert client.get("/ready?use_case=words").status_code == 200
        store.promote("n1")
        until(lambda: client.get("/ready").status_code == 200)


def test_a_release_of_one_use_case_replaces_no_other(both: httpx.Client, words: Words) -> None:
    words.promote("w1", "one")
    until(lambda: word(both) == "one")
    words.promote("w2", "three")
    until(lambda: word(both) == "three")
    assert release_of(both) == "n1"
    card = both.get("/model?use_case=words").json()
    assert (card["use_case"], card["release"], card["letters"]) == ("words", "w2", 5)
    assert both.get("/model").json()["use_case"] == "news"
    listed = both.get("/releases?use_case=words").json()
    assert (listed["serving"], [each["version"] for each in listed["releases"]]) == ("w2", ["w2", "w1"])
    assert both.get("/ready?use_case=words").json()["release"] == "w2"


def test_a_refused_release_stops_neither_its_use_case_nor_another(both: httpx.Client, words: Words) -> None:
    words.promote("w1", "one")
    until(lambda: word(both) == "one")
    words.promote("w2", "")
    until(lambda: both.get("/ready?use_case=words").json()["refused"])
    assert word(both) == "one"
    assert both.get("/ready").json()["refused"] is None


def test_metrics_name_the_use_case_and_those_of_news_stay_as_they_were(both: httpx.Client, words: Words) -> None:
    words.promote("w1", "one")
    until(lambda: word(both) == "one")
    words.promote("w2", "two")
    until(lambda: word(both) == "two")
    lines = both.get("/metrics").text.splitlines()
    assert 'pauta_use_case_release_info{use_case="words",version="w2"} 1.0' in lines
    assert not [line for line in lines if 'version="w1"' in line]
    assert 'pauta_use_case_release_swaps_total{use_case="words"} 2.0' in lines
    assert 'pauta_use_case_ready{use_case="news"} 1.0' in lines
    assert 'pauta_release_info{release="n1"} 1.0' in lines
    assert "pauta_release_swaps_total 1.0" in lines


def test_a_use_case_that_is_not_served_is_a_422_that_lists_the_others(both: httpx.Client) -> None:
    for path in ("/model", "/releases", "/ready"):
        answer = both.get(path, params={"use_case": "nothing"})
        assert answer.status_code == 422
        assert "Use one of: news, words." in answer.json()["detail"]


def test_an_instance_without_news_serves_its_own_use_cases_alone(store: Store, words: Words) -> None:
    words.promote("w1", "one")
    with serving(store.settings.model_copy(update={"use_cases": f"{HERE}:ENTRY"})) as client:
        until(lambda: word(client) == "one")
        assert client.get("/recommendations").status_code == 404
        assert client.get("/ready").json()["release"] == "w1"
        assert client.get("/info").json()["use_cases"] == ["words"]
