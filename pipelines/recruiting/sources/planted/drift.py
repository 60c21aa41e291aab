"""A planted drift: vacancies of the last quarter ask for other levels and languages, in other words."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from pipelines.recruiting.sources.planted.files import Files
from pipelines.recruiting.sources.planted.vocabulary import words
from script_shared.recruiting.params import GeneratedParams

LAST_DAYS = 90
MOVED = 0.8  # share of the last quarter's vacancies, if the param is 1
TITLE = "Generative AI"
ACTIVITIES = "Build assistants with large language models, evaluate prompts and retrieval, and review answers."


def add_drift(files: Files, params: GeneratedParams) -> None:
    """Change the vacancies of the last quarter in place; nothing if the params ask for no drift.

    Args:
        files: changed in place.
        params: ``drift`` from 0 (none) to 1.
    """
    if not params.drift:
        return
    rng = np.random.default_rng([params.seed, 6])
    first = date.fromisoformat(str(params.first_day)) + timedelta(days=params.days - LAST_DAYS)
    for vacancy in files.vacancies.values():
        if _day(vacancy) >= first and rng.random() < MOVED * params.drift:
            profile, basics = vacancy["perfil_vaga"], vacancy["informacoes_basicas"]
            basics["titulo_vaga"] = f"{basics['titulo_vaga']} {TITLE}"
            profile["principais_atividades"] = f"{ACTIVITIES} {profile['principais_atividades']}"
            profile["nivel_ingles"] = words()["languages"][-1]
            profile["nivel profissional"] = words()["levels"][-1]


def _day(vacancy: dict[str, Any]) -> date:
    text = str(vacancy["informacoes_basicas"]["data_requicisao"])
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()
    except ValueError:
        return date.min
