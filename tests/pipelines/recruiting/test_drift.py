"""Drift of an agency's data: a quarter without drift raises no alarm; a planted one is found in terms and levels."""

from pathlib import Path

import pytest

from pipelines.drift import Drift
from pipelines.recruiting.drift import drifts_of
from pipelines.recruiting.tables.reading import read_tables
from pipelines.recruiting.use_case import RECRUITING
from pipelines.use_case import Options
from script_shared.params import load_params
from script_shared.settings import Settings


def drifts(root: Path, drift: float) -> dict[str, Drift]:
    settings = Settings(data_dir=root / "data", models_uri=str(root / "models"), evaluation_dir=root / "evaluation")
    own = [f"generated.drift = {drift}", "generated.candidates = 500", "generated.applications = 1200"]
    params = load_params(RECRUITING.params_kind, RECRUITING.params_file, own)
    context = RECRUITING.context(settings, "r1", Options(source="generated"), params)
    for step in RECRUITING.data_steps[:-1]:
        step.action(context)
    return drifts_of(read_tables(context.run.read("refined")))


def test_the_usual_quarter_raises_no_alarm(tmp_path: Path) -> None:
    found = drifts(tmp_path, 0.0)
    assert set(found) == {"long_term", "short_term"}
    assert not found["long_term"].alarm, found["long_term"].sentences()


def test_a_planted_quarter_is_found_and_its_words_are_named(tmp_path: Path) -> None:
    found = drifts(tmp_path, 1.0)["long_term"]
    assert found.alarm
    large = found.columns("large", used=True)
    assert {"vacancies.level", "vacancies.english", "vacancies.title"} <= set(large)
    title = next(each for each in found.shifts if each.column == "vacancies.title")
    assert {term.term for term in title.terms[:3]} & {"generative", "ai"}
    language = next(each for each in found.shifts if each.column == "vacancies.language")
    assert language.shares[language.bins.index("en")] > language.shares_before[language.bins.index("en")]


@pytest.mark.parametrize("name", ["vacancies", "applications", "candidates"])
def test_every_table_is_compared(tmp_path: Path, name: str) -> None:
    columns = {each.column for each in drifts(tmp_path, 0.0)["long_term"].shifts}
    assert any(column.startswith(f"{name}.") for column in columns)
