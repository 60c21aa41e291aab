"""The guard on a real event log and real releases: what it rolls back, what it leaves, and what it writes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.commands.guard import main
from pipelines.guard.action import Choice, choice
from pipelines.guard.look import Look, look
from pipelines.guard.state import FILE, state_in
from pipelines.news.use_case import NEWS
from script_shared.errors import InputError
from script_shared.releases.pins import FORCED
from tests.pipelines.guard.site import GUARD, Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.log.close()


def current(site: Site) -> str:
    pointer = site.releases.current()
    assert pointer is not None
    return pointer.version


def looked(site: Site, **more: Any) -> Look:
    site.close_look()
    return look(NEWS, site.context(), **more)


def serve_bad(site: Site, release: str = "bad") -> None:
    site.visits(release, 200, good=False)


def test_a_shuffled_release_that_was_forced_past_the_gate_is_rolled_back_with_one_entry(site: Site) -> None:
    site.promote("v1")
    site.visits("v1", 200, good=True)
    assert looked(site).status == "fine"
    site.promote("bad", FORCED)
    found = Look()
    for _ in range(10):
        site.visits("bad", 25, good=False)
        found = looked(site)
        if found.status != "waiting":
            break
    assert (found.status, found.to, current(site)) == ("rolled_back", "v1", "v1")
    (entry,) = site.log.audit.read(what="rollback")
    evidence = json.loads(entry.evidence)
    assert (entry.who, entry.before, entry.after) == ("guard", "bad", "v1")
    assert "hit rate -0." in entry.why
    assert 150 <= evidence["answers"] <= 200, "readers that got a bad list"
    assert evidence["hits"] == 0
    assert evidence["comparisons"][0]["worse"] is True
    figures = json.loads((site.settings.evaluation_dir / "news" / "guard.json").read_text())
    assert (figures["status"], figures["hit_rate"]) == ("rolled_back", 0.0)
    assert figures["last_rollback"]
    site.visits("v1", 200, good=True)
    assert looked(site).status == "fine"
    assert len(site.log.audit.read(what="rollback")) == 1


def test_a_good_release_stays(site: Site) -> None:
    site.promote("v1")
    site.promote("v2")
    for _ in range(4):
        site.visits("v2", 100, good=True)
        assert looked(site).status in ("waiting", "fine")
    assert current(site) == "v2"
    assert not site.log.audit.read()


@pytest.mark.parametrize("by", ["pin", "force"])
def test_it_never_goes_back_past_a_release_that_a_person_chose(site: Site, by: str) -> None:
    for version in ("v1", "v2", "v3"):
        site.promote(version, FORCED if (by, version) == ("force", "v2") else "accepted by the gate")
    if by == "pin":
        site.releases.pin("v2", "the season begins", by="ana")
    serve_bad(site, "v3")
    assert looked(site).to == "v2"
    site.changes = (*GUARD, "guard.cool_down_hours = 0")
    serve_bad(site, "v2")
    found = looked(site)
    if by == "pin":
        assert (found.status, current(site)) == ("held", "v2")
        assert "ana pinned the release: the season begins" in found.sentence
    else:
        assert (found.status, current(site)) == ("rolled_back", "v1"), "a person overruled the gate, not the guard"


def test_a_person_who_puts_it_into_service_again_overrules_the_guard(site: Site) -> None:
    site.changes = (*GUARD, "guard.cool_down_hours = 0")
    site.promote("v1")
    site.promote("bad")
    serve_bad(site)
    assert looked(site).to == "v1"
    site.promote("bad", "we want it", by="ana")
    serve_bad(site)
    found = looked(site)
    assert (found.status, current(site)) == ("held", "bad")
    assert "rolled this release back once" in found.sentence


def test_after_a_rollback_there_is_a_cool_down(site: Site) -> None:
    for version in ("v1", "v2", "v3"):
        site.promote(version)
    serve_bad(site, "v3")
    assert looked(site).to == "v2"
    serve_bad(site, "v2")
    found = looked(site)
    assert (found.status, current(site)) == ("held", "v2")
    assert "it may again from" in found.sentence


def test_a_rollback_on_a_clock_that_was_ahead_begins_no_cool_down(site: Site) -> None:
    for version in ("v1", "v2", "v3"):
        site.promote(version)
    serve_bad(site, "v3")
    assert looked(site).to == "v2"
    pointer, guard = site.releases.current(), site.context().params.guard
    assert pointer is not None
    assert "it may again from" in choice(pointer, guard).reason
    assert choice(pointer, guard, datetime.now(UTC) - timedelta(days=30)) == Choice(["v1"], "")


def test_the_only_release_and_a_guard_that_only_measures_stay(site: Site) -> None:
    site.promote("bad")
    serve_bad(site)
    assert "no earlier release" in looked(site).sentence
    site.changes = (*GUARD, "guard.act = false")
    found = looked(site)
    assert (found.status, current(site)) == ("held", "bad")
    assert "only measures" in found.sentence


def test_a_dry_run_changes_nothing(site: Site) -> None:
    site.promote("v1")
    site.promote("bad")
    serve_bad(site)
    assert looked(site, dry_run=True).status == "worse"
    assert current(site) == "bad"
    assert not (site.settings.data_dir / "news" / FILE).exists()
    assert not (site.settings.evaluation_dir / "news").exists()
    assert not site.log.audit.read()


def test_a_crash_between_the_rollback_and_its_entry_is_made_up_for(site: Site) -> None:
    site.promote("v1")
    site.promote("bad")
    serve_bad(site)
    with state_in(site.context().run.root) as (state, keeper):
        state.pending = {"version": "bad", "why": "worse", "evidence": {"clicks": 200}}
        keeper.save(state)
    site.releases.rollback("worse", by="guard")
    looked(site)
    looked(site)
    (entry,) = site.log.audit.read(what="rollback")
    assert (entry.before, entry.after, entry.why) == ("bad", "v1", "worse")
    assert json.loads(entry.evidence)["clicks"] == 200


def test_a_rollback_that_did_not_happen_is_not_recorded(site: Site) -> None:
    site.promote("v1")
    with state_in(site.context().run.root) as (state, keeper):
        state.pending = {"version": "v1", "why": "worse", "evidence": {}}
        keeper.save(state)
    looked(site)
    assert not site.log.audit.read()


def test_looks_continue_where_the_last_one_ended(site: Site) -> None:
    site.promote("v1")
    for _ in range(3):
        site.visits("v1", 60, good=True)
        looked(site)
    site.close_look()
    looked(site)
    with state_in(site.context().run.root) as (state, _):
        assert state.tally("v1").clicks == 180
        assert state.tally("v1").answers == 180
        assert 100 < state.tally("v1").hits < 180, "eight of ten clicks are on popular articles"


def test_without_a_release_or_a_log_it_waits(site: Site, tmp_path: Path) -> None:
    assert look(NEWS, site.context()).status == "waiting"
    site.promote("v1")
    assert look(NEWS, site.context()).status == "waiting"


def test_the_command_looks_once_and_says_whether_a_worse_release_stays(
    site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = NEWS.params_file.read_text().replace("least_clicks = 200", "least_clicks = 150")
    (tmp_path / "params.toml").write_text(text)
    settings = site.settings.model_copy(update={"params_file": tmp_path / "params.toml"})
    site.promote("bad")
    serve_bad(site)
    site.close_look()
    assert main(["--dry-run"], settings) == 1
    assert capsys.readouterr().out.startswith("bad: worse: hit rate -0.")
    assert main(["--once", "--json"], settings) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "held"
    with pytest.raises(InputError, match="students has no live"):
        main(["--once", "--use-case", "students"], settings)
