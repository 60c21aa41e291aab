"""From the log and a release to a table, a sentence and a page: estimates agree with planted preferences."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.__main__ import main
from pipelines.commands import offline_estimate
from pipelines.news.offline.candidate import Candidate
from pipelines.news.offline.drawn_lists import find
from pipelines.news.offline.estimates import METHODS, Estimates
from pipelines.news.offline.page import page
from pipelines.news.offline.run import ListSelection, run
from script_shared.errors import InputError
from script_shared.events import EventLog
from script_shared.releases import Releases
from script_shared.settings import Settings
from tests.pipelines.news.offline.served_site import PARAMS, Site, appeal

pytestmark = pytest.mark.slow


def estimate(site: Site, releases: dict[str, Path], name: str, **wanted: object) -> Estimates:
    candidate = Candidate(releases[name], name, site.log, PARAMS, 30.0)
    return run(site.log, candidate, replace(ListSelection(), **wanted))


def worth(lists: list[list[str]]) -> float:
    """Planted clicks a list."""
    return float(np.mean([sum(map(appeal, ids)) for ids in lists]))


@pytest.fixture(scope="module")
def ranked(site: Site, releases: dict[str, Path]) -> Estimates:
    return estimate(site, releases, "ranked")


def test_the_release_that_served_is_no_better_and_no_worse_than_itself(site: Site, releases: dict[str, Path]) -> None:
    found = estimate(site, releases, "plain")
    usual, own = found.policies
    assert own.by_method["IPS"].value == usual.by_method["IPS"].value
    assert own.ahead is not None
    assert (own.ahead.value, own.ahead.high) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert "cannot be distinguished" in found.sentence()
    truth = worth([one.usual for one in find(site.log, None, None, 10**6).lists])
    for method in METHODS:
        assert usual.by_method[method].low < truth < usual.by_method[method].high, method


def test_another_release_is_estimated_as_the_planted_preferences_say(
    site: Site, releases: dict[str, Path], ranked: Estimates
) -> None:
    lists = find(site.log, None, None, 10**6).lists
    moments = Candidate(releases["ranked"], "ranked", site.log, PARAMS, 30.0).moments([one.served for one in lists])
    own = [moment.ids for moment in moments]
    could = [set(one.fixed_ids) | set(one.draw.candidates(one.served.pages)) for one in lists]
    possible = worth([[each for each in ids if each in some] for ids, some in zip(own, could, strict=True)])
    policy = ranked.policies[1]
    assert 0 < policy.overlap.cover < 1
    for method in ("IPS", "SNIPS"):
        assert policy.by_method[method].low < possible < policy.by_method[method].high, method
    assert policy.by_method["doubly robust"].low < worth(own) < policy.by_method["doubly robust"].high
    assert possible < worth(own)


def test_warnings_are_in_the_sentence(site: Site, releases: dict[str, Path], ranked: Estimates) -> None:
    few = estimate(site, releases, "ranked", most=20)
    assert any("The overlap is thin" in each for each in few.warnings)
    assert few.sentence().endswith(f"Do not decide by it: {' '.join(few.warnings)}")
    assert (ranked.warnings, "Do not decide" in ranked.sentence()) == ([], False)


def test_by_place_needs_the_same_places(site: Site, releases: dict[str, Path], ranked: Estimates) -> None:
    placed = estimate(site, releases, "ranked", by="place", most=300)
    assert placed.policies[1].overlap.cover < ranked.policies[1].overlap.cover
    assert (placed.lists, placed.left_out["not in the sample"]) == (300, ranked.lists - 300)


def test_the_page_has_the_table_and_the_sentence(ranked: Estimates) -> None:
    html = page(ranked)
    for text in (ranked.sentence()[:60], "served order without draws", "doubly robust", "younger than half an hour"):
        assert text in html


def test_lists_before_the_end_of_the_candidate_s_data_are_not_used(
    site: Site, releases: dict[str, Path], tmp_path: Path
) -> None:
    later = tmp_path / "later"
    later.mkdir()
    for each in releases["plain"].iterdir():
        (later / each.name).symlink_to(each)
    (later / "model.json").unlink()
    facts = json.loads((releases["plain"] / "model.json").read_text())
    end_ms = site.lists[300].time_ms
    (later / "model.json").write_text(json.dumps({**facts, "data_end_ms": end_ms}))
    found = run(site.log, Candidate(later, "later", site.log, PARAMS, 30.0), ListSelection())
    assert found.lists == len(site.lists) - 301 - 90
    (later / "model.json").write_text(json.dumps({**facts, "data_end_ms": site.lists[-1].time_ms}))
    with pytest.raises(InputError, match="no list after the data of later can be used"):
        run(site.log, Candidate(later, "later", site.log, PARAMS, 30.0), ListSelection())


def test_the_command_prints_and_writes(
    site: Site, releases: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uri = site.uri
    settings = Settings(
        data_dir=tmp_path, models_uri=str(tmp_path / "models"), evaluation_dir=tmp_path / "e", events_uri=uri
    )
    Releases(f"{tmp_path}/models/news").publish(releases["ranked"], "v2")
    assert offline_estimate.main(["v2", "--lists", "200", "--json"], settings) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["candidate"], plain["lists"]) == ("v2", 200)
    assert plain["policies"][1]["doubly robust"]["low"] < plain["policies"][1]["doubly robust"]["high"]
    assert (tmp_path / "e" / "news" / "v2-offline-estimate.html").stat().st_size > 10_000
    assert offline_estimate.main(["v2", "--lists", "200", "--output", str(tmp_path / "x.html")], settings) == 0
    text = capsys.readouterr().out
    assert plain["sentence"] in text
    assert "release v2" in text


def test_a_log_without_drawn_lists_says_what_to_do(
    tmp_path: Path, releases: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    EventLog(f"sqlite:///{tmp_path}/events.db").head()
    Releases(f"{tmp_path}/models/news").publish(releases["plain"], "v1")
    for name, value in {
        "DATA_DIR": tmp_path,
        "MODELS_URI": tmp_path / "models",
        "EVENTS_URI": f"sqlite:///{tmp_path}/events.db",
    }.items():
        monkeypatch.setenv(f"PAUTA_{name}", str(value))
    assert main(["offline-estimate", "v1"]) != 0
    assert "serving.randomization.share" in capsys.readouterr().err
