"""The site of the demo: its past and its next days do not overlap, and its params files can be used."""

import json
from pathlib import Path

import pytest

from pipelines.demo.breaking import Breaking, announce, announced_story
from pipelines.demo.chapters.bad_release import turned_round
from pipelines.demo.params import NEWS, OF_USE_CASES, with_values, write_params
from pipelines.demo.world import ARTICLES, LIVED_DAYS, READS, write_world
from pipelines.registry import find
from pipelines.sample_world.catalog import DAY_MS, END_MS
from script_shared.clock import HOUR_MS
from script_shared.errors import SettingsError
from script_shared.news.params import NewsParams
from script_shared.params import load_params
from script_shared.settings import Settings
from script_shared.times import epoch_ms


@pytest.fixture(scope="module")
def params(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_params(tmp_path_factory.mktemp("params"))


def test_the_params_files_are_those_of_the_package_with_the_values_of_the_demo(params: dict[str, Path]) -> None:
    for name, values in OF_USE_CASES.items():
        case = find(Settings(), name)
        own, package = load_params(case.params_kind, params[name]), load_params(case.params_kind, case.params_file)
        changed = {key for key in values if at(own, key) != at(package, key)}
        assert changed == set(values), name
    assert load_params(NewsParams, params["news"]).sample.users == int(NEWS["sample.users"])


def at(params: object, key: str) -> object:
    for name in key.split("."):
        params = getattr(params, name)
    return params


def test_a_value_that_no_params_file_has_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"sample\.people"):
        with_values("[sample]\nusers = 5\n[other]\npeople = 3\n", {"sample.people": "1"})
    assert with_values("[a]\nb = [1, 2]  # x\n", {"a.b": "[3]"}) == "[a]\nb = [3]  # x\n"


def test_what_is_lived_comes_after_what_is_learned_from(tmp_path: Path, params: dict[str, Path]) -> None:
    sample = load_params(NewsParams, params["news"]).sample
    small = sample.model_copy(update={"users": 300, "articles": 200, "interactions": 3000})
    now_ms = write_world(tmp_path, small)
    assert now_ms == END_MS - LIVED_DAYS * DAY_MS
    reads = [json.loads(line) for line in (tmp_path / READS).read_text().splitlines()]
    articles = [json.loads(line) for line in (tmp_path / ARTICLES).read_text().splitlines()]
    times = [read["time"] for read in reads]
    assert len(reads) > 500
    assert times == sorted(times)
    assert now_ms <= times[0] < times[-1] < END_MS
    issued = [article["issued"] for article in articles]
    assert issued == sorted(issued)
    assert now_ms <= issued[0]
    assert {article["section"] for article in articles} > {"regional"}
    past = "".join(path.read_text() for path in sorted((tmp_path / "files" / "treino").glob("*.csv")))
    assert not [article["page"] for article in articles if article["page"] in past]
    items = "".join(path.read_text() for path in sorted((tmp_path / "itens" / "itens").glob("*.csv")))
    assert not [article["page"] for article in articles if f"\n{article['page']}," in items]
    assert max(times) - min(times) > (LIVED_DAYS - 1) * DAY_MS
    assert epoch_ms("2022-08-12T03:00:00Z") == now_ms


def test_the_breaking_story_rises_falls_and_is_announced(tmp_path: Path) -> None:
    assert announced_story(tmp_path) is None
    story = Breaking("a", HOUR_MS)
    announce(tmp_path, story)
    assert announced_story(tmp_path) == story
    shares = [story.share(int(HOUR_MS * hours)) for hours in (0, 1, 1.5, 3.5, 12)]
    assert shares[:2] == [0.0, 0.0]
    assert shares[2] < shares[3] > shares[4] > 0


def test_a_ranker_that_was_turned_round_has_the_opposite_values() -> None:
    assert turned_round("tree_sizes=9\nleaf_value=0.5 -1\n") == "leaf_value=-0.5 1.0\n"
