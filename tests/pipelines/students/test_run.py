"""A whole generated run: what was planted is found, the release answers, the gate judges."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from pipelines.students import scores
from pipelines.students.release.gate import gate
from pipelines.students.release.training_record import record_of
from pipelines.students.sources.generated import generate
from pipelines.students.tables.gold import columns_in, read_gold
from pipelines.tracking.run_facts import trained_runs
from pipelines.use_case import Context
from script_shared.students.explanation.reasons import effects_of, reasons
from script_shared.students.model import StudentsModel
from script_shared.students.params import StudentsParams
from script_shared.students.release_folder import CARD, HELD_OUT
from script_shared.students.risk_model import RiskModel
from tests.pipelines.students.conftest import make_context

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(finished: Context) -> Path:
    pointer = finished.releases.current()
    assert pointer is not None
    return finished.releases.fetch(pointer.version)


def test_the_planted_chance_is_found(finished: Context, folder: Path) -> None:
    truth = pl.read_parquet(finished.run.read("landing") / "truth" / "students.parquet")
    table = read_gold(finished.run.read("gold")).join(truth, on=["ra", "year"])
    test = table.filter((pl.col("year") == 2023) & pl.col("next_status").is_not_null())
    model = RiskModel.load(folder / HELD_OUT)
    chance = model.chances(model.matrix(columns_in(test)))[:, 0]
    came = test["next_status"].to_numpy() > 0
    assert scores.auc(came, chance) > scores.auc(came, test["lagging_next"].to_numpy()) - 0.05
    assert np.corrcoef(chance, test["lagging_next"].to_numpy())[0, 1] > 0.85


def test_low_engagement_and_low_learning_never_lower_the_risk(folder: Path) -> None:
    model = StudentsModel.load(folder)
    record = {"year": 2024.0, "birth_year": 2012.0, "phase": 2.0, "ideal_phase": 3.0, "lag": -1.0}
    marks = dict.fromkeys(("ida", "ieg", "ipv", "iaa", "ips", "mat", "por"), 7.0)
    for name in ("ida", "ieg", "mat", "por", "ipv"):
        low, high = model.of_records([record | marks | {name: 2.0}, record | marks | {name: 10.0}])
        assert low.lagging[0] >= high.lagging[0]


def test_the_effects_of_all_factors_are_the_difference_to_a_typical_student(folder: Path) -> None:
    model = StudentsModel.load(folder)
    record = {"year": 2024.0, "birth_year": 2012.0, "phase": 2.0, "ideal_phase": 3.0, "lag": -1.0, "ieg": 1.0}
    record |= dict.fromkeys(("ida", "ipv", "iaa", "ips", "mat", "por"), 7.0)
    features = model.risk.matrix(_columns(record))[0]
    change = np.subtract(*model.risk.chances(np.stack([features, model.risk.typical]))[:, 0])
    assert effects_of(model.risk, features).sum() == pytest.approx(change)
    found = reasons(model.risk, features, most=20)
    assert next(each for each in found if each.factor == "engagement").effect > 0


def test_the_release_holds_the_effects_of_its_students(folder: Path) -> None:
    model = StudentsModel.load(folder)
    computed = effects_of(model.risk, model.risk.matrix(model.store.columns([model.store.latest_rows()[5]]))[0])
    held = model.effects(5)
    assert held is not None
    assert held == pytest.approx(computed, abs=1e-6)


def _columns(record: dict[str, float]) -> Any:
    from script_shared.students.features import columns_of

    return columns_of([record])


def test_chances_are_ordered_and_inside_their_intervals(folder: Path) -> None:
    risks = StudentsModel.load(folder).store.risks
    assert (risks.chances[:, 1] <= risks.chances[:, 0]).all()
    assert (risks.low <= risks.chances).all()
    assert (risks.chances <= risks.high).all()


def test_a_stored_student_answers_as_the_same_record_does(folder: Path) -> None:
    model = StudentsModel.load(folder)
    ra = model.store.ids.ids[3]
    record, _ = model.path(ra)[-1]
    stored, asked = model.of_student(ra), model.of_record(record)
    assert stored is not None
    assert stored.lagging == pytest.approx(asked.lagging)
    assert stored.status == asked.status
    assert sum(stored.probabilities.values()) == pytest.approx(1)


def test_a_missing_value_widens_the_interval(folder: Path) -> None:
    model = StudentsModel.load(folder)
    record, _ = model.path(model.store.ids.ids[3])[-1]
    full = {name: 7.0 if value is None else value for name, value in record.items()}
    whole, holed = model.of_record(full), model.of_record(full | {"ida": None, "ieg": None})
    assert holed.missing == ("ida", "ieg")
    assert holed.lagging[2] - holed.lagging[1] >= whole.lagging[2] - whole.lagging[1]


def test_the_list_by_risk_begins_with_the_highest_chance_of_critical(folder: Path) -> None:
    model = StudentsModel.load(folder)
    places = model.by_risk()
    chances = model.store.risks.chances[places, 1]
    assert (np.diff(chances) <= 0).all()
    assert {int(model.store.record(row)["year"] or 0) for row in model.store.latest_rows()[places]} == {2024}
    phase = model.by_risk(phase=2)
    assert 0 < len(phase) < len(places)


def test_the_card_says_what_for_and_by_whom_to_be_overruled(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    assert card["not_for"]
    assert card["overruled_by"]
    assert card["figures"]["macro_f1"] > 0.3
    assert card["measured_on"]["years"] == "2023 to 2024"


def test_a_record_for_the_tracking_holds_the_figures(finished: Context) -> None:
    assert trained_runs(finished.run.root) == ["run-1"]
    record = record_of(finished.run, finished.releases)
    assert record is not None
    assert record.state == "finished"
    assert "all/macro_f1" in record.metrics
    assert record.release is not None


def test_the_release_in_service_is_measured_by_the_model_that_has_not_seen_the_test(finished: Context) -> None:
    from pipelines.students.evaluation import evaluate

    evaluate(finished)
    content = json.loads((finished.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    by_model = {each["model"]: each["value"] for each in content["figures"] if each["metric"] == "macro_f1"}
    assert by_model["in_service"] == by_model["candidate"]


def test_the_evaluation_says_what_other_draws_and_fewer_students_give(finished: Context) -> None:
    content = json.loads((finished.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    validated = {each["metric"]: each["mean"] for each in content["cross_validation"]}
    assert 0.5 < validated["auc_lagging"] < 0.95
    half, whole = content["learning_curve"]
    assert (half["share"], whole["share"]) == (0.5, 1.0)
    assert half["students"] < whole["students"]
    assert whole["auc_lagging"] > 0.5
    page = (finished.run.read("evaluated") / "report.html").read_text(encoding="utf-8")
    assert "Would more students help?" in page
    assert "Without the test" in page


def test_report_and_card_show_the_calibration_of_both_chances(finished: Context) -> None:
    content = json.loads((finished.run.read("evaluated") / "metrics.json").read_text(encoding="utf-8"))
    figures = {each["metric"]: each["value"] for each in content["figures"] if each["model"] == "candidate"}
    page = (finished.run.read("evaluated") / "report.html").read_text(encoding="utf-8")
    assert "Share that lagged by chance" in page
    assert "Share that became critical by chance" in page
    assert f"{figures['calibration_error_critical']:.3f} of critical" in page
    assert 0 < figures["calibration_error_critical"] < 0.2
    release = finished.releases.fetch(finished.run.facts("published")["version"])
    card = json.loads((release / CARD).read_text(encoding="utf-8"))
    for name, key in (("lagging", "calibration"), ("critical", "calibration_critical")):
        points = content[key]
        assert sum(point["students"] for point in points) == content["students"]
        chances = [point["chance"] for point in points]
        assert chances == sorted(chances)
        assert 5 <= len(points) <= 10
        assert card["calibration"][name] == points
    assert card["figures"]["calibration_error_critical"] == pytest.approx(figures["calibration_error_critical"])


def test_the_cost_table_chooses_the_thresholds_by_default_and_is_in_report_and_card(finished: Context) -> None:
    assert finished.params.decision.thresholds == "cost"
    costs = [list(map(float, row)) for row in finished.params.decision.costs]
    page = (finished.run.read("evaluated") / "report.html").read_text(encoding="utf-8")
    assert "those with the lowest cost on the training years" in page
    release = finished.releases.fetch(finished.run.facts("published")["version"])
    card = json.loads((release / CARD).read_text(encoding="utf-8"))
    assert (card["thresholds_chosen_by"], card["costs"]) == ("cost", costs)


def test_figures_too_good_to_be_true_are_refused(finished: Context) -> None:
    path = finished.run.read("evaluated") / "metrics.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        path.write_text(json.dumps(content | {"alarms": ["macro_f1 of 0.990 is above 0.95."]}), encoding="utf-8")
        verdict = gate(finished)
    finally:
        path.write_text(json.dumps(content), encoding="utf-8")
    assert verdict["reasons"][0] == "A person chose to promote it; the figures alone say refuse."
    assert verdict["reasons"][1].startswith("macro_f1 of 0.990")


@pytest.mark.parametrize(
    ("value", "same", "low", "accepted"), [(0.6, 0.5, 0.02, True), (0.6, 0.5, -0.02, False), (0.4, 0.5, -0.2, False)]
)
def test_the_plain_rule_has_to_be_beaten_beyond_chance(
    tmp_path: Path, value: float, same: float, low: float, accepted: bool
) -> None:
    context = make_context(tmp_path)
    figures = [
        {"model": model, "metric": metric, "value": number}
        for metric in ("macro_f1", "ap_critical")
        for model, number in (("candidate", value), ("same_as_this_year", same))
    ]
    gaps = [
        {"reference": "same_as_this_year", "metric": metric, "low": low, "high": low + 0.2}
        for metric in ("macro_f1", "ap_critical")
    ]
    content = {"students": 900, "release": None, "missing": {}, "alarms": [], "figures": figures, "differences": gaps}
    with context.run.write("evaluated") as (folder, _):
        (folder / "metrics.json").write_text(json.dumps(content), encoding="utf-8")
    assert gate(context)["accepted"] is accepted


def test_no_page_and_no_facts_name_a_student(finished: Context) -> None:
    import re

    for step in ("bronze", "silver", "gold", "quality", "trained", "evaluated", "gated", "published"):
        for file in finished.run.read(step).rglob("*"):
            if file.suffix in (".json", ".html"):
                assert not re.search(r"\bRA-\d|Aluno-\d", file.read_text(encoding="utf-8")), file.name


def test_the_generator_gives_the_same_world_for_the_same_seed(tmp_path: Path, finished: Context) -> None:
    params: StudentsParams = finished.params
    for name in ("a", "b"):
        (tmp_path / name / "books").mkdir(parents=True)
        generate(tmp_path / name / "books", params.generated, params.ruler)
    first, second = (next((tmp_path / name / "books").iterdir()).read_bytes() for name in ("a", "b"))
    assert first == second
