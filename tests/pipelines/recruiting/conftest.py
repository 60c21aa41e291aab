"""Small runs of the recruiting use case: generated, or from files that a test writes."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from pipelines.recruiting.use_case import RECRUITING
from pipelines.use_case import Context, Options
from script_shared.params import load_params
from script_shared.settings import Settings

SMALL = ("generated.vacancies = 80", "generated.candidates = 200", "generated.applications = 400")


def make_context(folder: Path, *overrides: str, run: str = "run-1", **options: Any) -> Context:
    """A context whose data, releases and evaluation are below the folder."""
    settings = Settings(
        data_dir=folder / "data",
        models_uri=str(folder / "models"),
        evaluation_dir=folder / "evaluation",
        mlflow_uri="off",
    )
    params = load_params(RECRUITING.params_kind, RECRUITING.params_file, [*SMALL, *overrides])
    return RECRUITING.context(settings, run, Options(**options), params)


def do(context: Context, *steps: str) -> dict[str, Any]:
    """Do steps in order; the facts of the last one."""
    facts: dict[str, Any] = {}
    for name in steps:
        facts = RECRUITING.step(name).action(context)
    return facts


def vacancy(title: str = "Consultor SAP MM", asked: str = "01-02-2024", **profile: str) -> dict[str, Any]:
    """A record of vagas.json."""
    return {
        "informacoes_basicas": {"titulo_vaga": title, "data_requicisao": asked, "cliente": "Cliente Secreto"},
        "perfil_vaga": {"nivel profissional": "Pleno", **profile},
        "beneficios": {},
    }


def candidate(cv: str = "Experiência com SAP MM.", name: str = "Zuleica Rezende", **more: str) -> dict[str, Any]:
    """A record of applicants.json."""
    return {
        "infos_basicas": {"nome": name, "data_criacao": "10-01-2024 09:00:00"},
        "informacoes_pessoais": {"nome": name, "data_nascimento": "12-03-1985", **more},
        "informacoes_profissionais": {},
        "formacao_e_idiomas": {},
        "cargo_atual": {"id_ibrati": "1"},
        "cv_pt": cv,
        "cv_en": "",
    }


def prospect(code: str, status: str = "Prospect", applied: str = "05-02-2024", updated: str = "") -> dict[str, Any]:
    """One application in prospects.json."""
    return {
        "nome": "Zuleica Rezende",
        "codigo": code,
        "situacao_candidado": status,
        "data_candidatura": applied,
        "ultima_atualizacao": updated,
        "comentario": "Aprovada pelo cliente",
        "recrutador": "Equipe",
    }


def write_agency(
    folder: Path, vacancies: dict[str, Any], candidates: dict[str, Any], prospects: dict[str, list[dict[str, Any]]]
) -> Path:
    """The three nested files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = {key: {"titulo": "Título", "modalidade": "CLT", "prospects": rows} for key, rows in prospects.items()}
    for name, content in (("vagas", vacancies), ("applicants", candidates), ("prospects", groups)):
        (folder / f"{name}.json").write_bytes(orjson.dumps(content))
    return folder


@pytest.fixture(scope="session")
def refined(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A generated run up to the data card."""
    context = make_context(tmp_path_factory.mktemp("recruiting"))
    do(context, "landing", "refine", "quality")
    return context
