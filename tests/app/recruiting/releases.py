"""A small release of the recruiting use case, trained on an invented agency, and the settings to serve it."""

from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

from pydantic import SecretStr

from pipelines.recruiting.sources.planted.files import FIRST_VACANCY
from script_shared.recruiting.release_folder import CARD
from script_shared.settings import Settings
from tests.app.conftest import TOKEN
from tests.pipelines.recruiting.conftest import do, make_context

TINY = (
    "generated.vacancies = 120",
    "generated.candidates = 150",
    "generated.applications = 900",
    "generated.days = 400",
    "generated.dirt = false",
    "encoder.width = 24",
    "encoder.learnt_width = 12",
    "encoder.max_terms = 1500",
    "ranker.cases = 100",
    "ranker.trees = 10",
    "ranker.min_leaf = 5",
    "match.trees = 10",
    "match.min_leaf = 10",
    "evaluation.days = 40",
)
VACANCY = str(FIRST_VACANCY + 115)
OLD_VACANCY = str(FIRST_VACANCY + 40)  # it has had many applicants
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


def make_release(folder: Path) -> Path:
    """Train one; the folder of its files."""
    context = make_context(folder, *TINY)
    do(context, "landing", "refine", "train")
    made = folder / "made"
    copytree(context.run.read("trained"), made, ignore=ignore_patterns("_manifest.json"))
    (made / CARD).write_text('{"purpose": "made for a test"}', encoding="utf-8")
    return made


def settings_in(folder: Path, **own: Any) -> Settings:
    """Settings of an instance whose data are below the folder; ``own`` are those of the use case."""
    return Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder / "evaluation",
        cache_dir=folder / "cache",
        release_poll_seconds=0.05,
        admin_token=SecretStr(TOKEN),
        airflow_url=None,
        use_cases="recruiting",
        by_use_case={"recruiting": own},
    )
