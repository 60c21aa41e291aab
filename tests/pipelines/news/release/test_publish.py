"""The publish and promote steps."""

from pathlib import Path

import pytest

from pipelines.news.release.publish import publish
from pipelines.publishing import promote
from script_shared.errors import ReleaseConflictError, ReleaseCorruptError, RunError
from tests.pipelines.news.runs_made import assemble, context_of, finish_gate
from tests.script_shared.releases.made import contents, damage


def in_service(tmp_path: Path) -> str | None:
    pointer = context_of(tmp_path, "any").releases.current()
    return pointer.version if pointer else None


def test_the_assembled_release_is_published_under_the_runs_id_with_its_figures(tmp_path: Path) -> None:
    context = finish_gate(context_of(tmp_path, "run-1"))
    assert publish(context)["version"] == "run-1"
    releases = context.releases
    assert contents(releases.fetch("run-1")) == contents(context.run.read("ranked") / "release")
    manifest = releases.manifest("run-1")
    assert manifest.run_id == "run-1"
    facts = dict(manifest.facts)
    assert facts.pop("params")["gate.metric"] == "ndcg"
    assert facts == {"source": "sample", "gate": {"accepted": True, "reasons": []}, "evaluation": {"ndcg": 0.25}}
    assert in_service(tmp_path) is None


def test_an_accepted_candidate_is_promoted(tmp_path: Path) -> None:
    context = finish_gate(context_of(tmp_path, "run-1"))
    publish(context)
    answer = promote(context)
    assert (answer["promoted"], answer["version"], answer["sequence"]) == (True, "run-1", 1)
    assert in_service(tmp_path) == "run-1"


def test_a_refused_candidate_is_published_but_the_old_release_stays(tmp_path: Path) -> None:
    first = finish_gate(context_of(tmp_path, "run-1"))
    publish(first)
    promote(first)
    second = finish_gate(context_of(tmp_path, "run-2"), accepted=False, text="b")
    publish(second)
    answer = promote(second)
    assert answer["promoted"] is False
    assert answer["reasons"] == ["logged: ndcg@10 0.1 is worse than 0.2"]
    assert in_service(tmp_path) == "run-1"
    assert second.releases.versions() == ["run-1", "run-2"]


def test_a_release_that_came_into_service_since_the_gate_is_not_overrun(tmp_path: Path) -> None:
    for name, text in (("run-1", "a"), ("run-2", "b")):
        publish(finish_gate(context_of(tmp_path, name), text=text))
    promote(context_of(tmp_path, "run-1"))
    with pytest.raises(ReleaseConflictError, match="run-1 is in service"):
        promote(context_of(tmp_path, "run-2"))  # its gate knew of no release
    assert in_service(tmp_path) == "run-1"


def test_a_person_can_force_either_way(tmp_path: Path) -> None:
    refused = finish_gate(context_of(tmp_path, "run-1", force="promote"), accepted=False)
    publish(refused)
    assert promote(refused)["promoted"] is True
    accepted = finish_gate(context_of(tmp_path, "run-2", force="refuse"), text="b")
    publish(accepted)
    assert promote(accepted) == {
        "promoted": False,
        "version": "run-2",
        "reason": "refused by a person",
        "reasons": [],
    }
    assert in_service(tmp_path) == "run-1"


def test_both_steps_done_again_change_nothing(tmp_path: Path) -> None:
    context = finish_gate(context_of(tmp_path, "run-1"))
    first = (publish(context), promote(context))
    assert (publish(context), promote(context)) == first
    assert context.releases.versions() == ["run-1"]


def test_a_run_assembled_again_with_another_result_becomes_another_version(tmp_path: Path) -> None:
    context = finish_gate(context_of(tmp_path, "run-1"))
    publish(context)
    assemble(context, "b")
    assert publish(context)["version"] == "run-1.2"
    assert publish(context)["version"] == "run-1.2"
    assert promote(context)["version"] == "run-1.2"
    assert context.releases.versions() == ["run-1", "run-1.2"]


def test_nothing_is_published_before_the_gate_has_spoken(tmp_path: Path) -> None:
    context = context_of(tmp_path, "run-1")
    assemble(context, "a")
    with pytest.raises(RunError, match="folder gated is missing"):
        publish(context)
    with pytest.raises(RunError, match="folder published is missing"):
        promote(context)
    assert context.releases.versions() == []


def test_files_damaged_after_publishing_are_not_promoted(tmp_path: Path) -> None:
    context = finish_gate(context_of(tmp_path, "run-1"))
    publish(context)
    damage(context.releases, context.releases.manifest("run-1"))
    with pytest.raises(ReleaseCorruptError, match=r"model\.json"):
        promote(context)
    assert in_service(tmp_path) is None
