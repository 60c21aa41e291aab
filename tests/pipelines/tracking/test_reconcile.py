"""What MLflow holds after a delivery, with a real MLflow on SQLite."""

import json
import shutil
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pipelines.tracking.folder import TrackingFolder
from pipelines.tracking.reconcile import reconcile
from script_shared.settings import Settings
from tests.pipelines.tracking.made import REASONS, context_of, settings_of, train, whole
from tests.pipelines.tracking.seen import NAME, artifacts, registry, runs


def address(settings: Settings) -> str:
    assert settings.mlflow_address is not None
    return settings.mlflow_address


def test_a_training_and_its_release_stand_in_mlflow_and_the_aliases_name_it(settings: Settings) -> None:
    context = whole(settings, "r1")
    context.releases.promote("r1", "test")
    outcome = reconcile(settings, "news")
    assert (outcome.problem, outcome.runs, outcome.versions, outcome.waiting) == ("", 1, 1, 0)
    run = runs(address(settings))["r1"]
    assert run.info.status == "FINISHED"
    assert run.data.params["logged.als.factors"] == "64"
    assert run.data.metrics["logged/ndcg_at_10"] == 0.3
    assert run.data.tags["pauta.gate"] == "accepted"
    assert [(each.dataset.name, each.dataset.digest) for each in run.inputs.dataset_inputs] == [
        ("sample", "sample:12ab")
    ]
    assert REASONS[0] in run.data.tags["mlflow.note.content"]
    pages = {"data-card.html", "evaluation/report.html", "evaluation/metrics.json", "gate/verdict.json", "params.json"}
    assert artifacts(address(settings), run) == pages
    seen = registry(address(settings))
    linked, tags = seen["releases"]["r1"]
    assert linked == "r1"
    assert tags["uri"] == f"{settings.models_uri}/news/releases/r1"
    assert len(tags["manifest_sha256"]) == 64
    assert seen["aliases"] == {"production": "r1", "candidate": "r1"}


def test_pages_can_link_a_run_to_its_record_also_after_the_run_was_removed(settings: Settings) -> None:
    whole(settings, "r1")
    reconcile(settings, "news")
    for folder in (settings.data_dir / "news").glob("*/r1"):
        shutil.rmtree(folder)
    whole(settings, "r2", 100)
    reconcile(settings, "news")
    content = json.loads((settings.evaluation_dir / "news" / "mlflow_runs.json").read_text())
    found = runs(address(settings))
    assert content["runs"] == {name: found[name].info.run_id for name in ("r1", "r2")}
    assert content["experiment"] == found["r1"].info.experiment_id


def test_doing_it_again_changes_nothing(settings: Settings) -> None:
    whole(settings, "r1")
    reconcile(settings, "news")
    before = (runs(address(settings))["r1"].to_dictionary(), registry(address(settings)))
    outcome = reconcile(settings, "news")
    assert (outcome.problem, outcome.runs, outcome.versions, outcome.aliases) == ("", 0, 0, {})
    assert (runs(address(settings))["r1"].to_dictionary(), registry(address(settings))) == before


def test_a_refused_candidate_takes_its_alias_and_production_stays(settings: Settings) -> None:
    whole(settings, "r1").releases.promote("r1", "test")
    reconcile(settings, "news")
    whole(settings, "r2", 100, accepted=False)
    reconcile(settings, "news")
    seen = registry(address(settings))
    assert seen["aliases"] == {"production": "r1", "candidate": "r2"}
    assert seen["releases"]["r2"][1]["gate"] == "refused"
    assert runs(address(settings))["r2"].info.status == "FINISHED"


def test_the_alias_follows_a_rollback_and_a_pointer_that_was_taken_away(settings: Settings) -> None:
    releases = whole(settings, "r1").releases
    whole(settings, "r2", 100)
    releases.promote("r1", "test")
    releases.promote("r2", "test")
    reconcile(settings, "news")
    releases.rollback("stale")
    assert reconcile(settings, "news").aliases == {"production": "r1"}
    assert registry(address(settings))["aliases"] == {"production": "r1", "candidate": "r2"}
    (Path(releases.uri) / "current").unlink()
    assert reconcile(settings, "news").aliases == {"production": ""}
    assert registry(address(settings))["aliases"] == {"candidate": "r2"}


def test_a_run_that_failed_is_recorded_as_failed_and_finished_later_in_the_same_place(settings: Settings) -> None:
    train(settings, "r1")
    reconcile(settings, "news")
    failed = runs(address(settings))["r1"]
    assert failed.info.status == "FAILED"
    whole(settings, "r1")
    reconcile(settings, "news")
    finished = runs(address(settings))["r1"]
    assert (finished.info.status, finished.info.run_id) == ("FINISHED", failed.info.run_id)
    assert registry(address(settings))["releases"]["r1"][0] == "r1"


def test_what_was_recorded_outlives_its_folders_and_a_pruned_release_is_marked(settings: Settings) -> None:
    whole(settings, "r1")
    reconcile(settings, "news")
    shutil.rmtree(settings.data_dir / "news")
    whole(settings, "r2", 100)
    shutil.rmtree(Path(settings.models_uri) / "news" / "releases" / "r1")
    assert reconcile(settings, "news").problem == ""
    seen = registry(address(settings))
    assert {name: tags["available"] for name, (_, tags) in seen["releases"].items()} == {"r1": "no", "r2": "yes"}
    assert seen["order"] == ["r1", "r2"]
    assert artifacts(address(settings), runs(address(settings))["r1"]) >= {"evaluation/report.html"}


def test_a_release_that_a_person_published_is_registered_without_a_run(settings: Settings, tmp_path: Path) -> None:
    from tests.script_shared.releases.made import make_folder

    context_of(settings, "x").releases.publish(make_folder(tmp_path / "mine"), "mine-1")
    assert reconcile(settings, "news").versions == 1
    assert registry(address(settings))["releases"]["mine-1"][0] is None


def test_a_run_that_a_person_deleted_in_mlflow_is_not_made_again(settings: Settings) -> None:
    train(settings, "r1")
    reconcile(settings, "news")
    client = MlflowClient(address(settings), address(settings))
    client.delete_run(runs(address(settings))["r1"].info.run_id)
    outcome = reconcile(settings, "news")
    assert (outcome.problem, outcome.waiting) == ("", 0)
    assert runs(address(settings)) == {}


def test_a_store_that_was_lost_is_filled_again_from_the_folders(settings: Settings, empty_store: Path) -> None:
    whole(settings, "r1").releases.promote("r1", "test")
    reconcile(settings, "news")
    before = registry(address(settings))
    shutil.copyfile(empty_store, settings.data_dir / "mlflow" / "mlflow.db")
    assert reconcile(settings, "news").runs == 1
    assert registry(address(settings)) == before


def test_a_record_that_mlflow_refuses_waits_and_the_others_are_told(settings: Settings) -> None:
    bad = train(settings, "bad")
    page = bad.run.folder("trained", "logged") / "training_params.json"
    page.write_text('{"%s": 1}' % ("x" * 300))
    whole(settings, "good", 100)
    outcome = reconcile(settings, "news")
    assert outcome.problem.startswith("run bad:")
    assert (outcome.waiting, outcome.versions) == (1, 1)
    assert runs(address(settings))["good"].info.status == "FINISHED"


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"figures": [{"colour": 1}], "differences": []}'])
def test_a_run_whose_files_cannot_be_read_is_passed_over_and_the_others_are_told(settings: Settings, text: str) -> None:
    (whole(settings, "odd").run.folder("evaluated") / "metrics.json").write_text(text)
    whole(settings, "good", 100)
    outcome = reconcile(settings, "news")
    assert (outcome.problem, outcome.runs, outcome.waiting) == ("", 1, 0)


def test_a_damaged_pointer_is_told_and_the_trainings_are_recorded(settings: Settings) -> None:
    releases = whole(settings, "r1").releases
    (Path(releases.uri) / "current").write_text("garbage")
    outcome = reconcile(settings, "news")
    assert "pointer" in outcome.problem
    assert (outcome.runs, outcome.waiting) == (1, 0)


@pytest.mark.parametrize("uri", [None, "off", ""])
def test_without_an_mlflow_nothing_is_told_and_nothing_is_kept(uri: str | None, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, uri)
    assert settings.mlflow_address is None


def test_the_embedded_one_is_used_unasked_once_it_is_there(settings: Settings, tmp_path: Path) -> None:
    unset = settings.model_copy(update={"mlflow_uri": None})
    assert unset.mlflow_address == settings.mlflow_address
    assert settings.model_copy(update={"mlflow_uri": "off"}).mlflow_address is None


def test_the_experiment_has_the_name_of_the_registered_model(settings: Settings) -> None:
    assert TrackingFolder(settings, "news").model == NAME
