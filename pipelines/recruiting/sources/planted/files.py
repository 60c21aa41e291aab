"""The invented agency as the three nested files, with the errors that such files have."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.recruiting.sources.planted.outcomes import Applications
from pipelines.recruiting.sources.planted.personal import Identity, PlantedPiece, make_identity
from pipelines.recruiting.sources.planted.texts import cv_text, one, vacancy_texts
from pipelines.recruiting.sources.planted.vocabulary import areas, words
from pipelines.recruiting.sources.planted.world import World, city_of, skill_names
from script_shared.arrays import IntArray

FIRST_VACANCY, FIRST_CANDIDATE = 1_000, 10_000  # numbers of the ids
EMPTY_FIELDS = 0.82  # share of structured fields of candidates that nobody filled in
REPEATED_TEXT, JUNK_TEXT = 0.35, 0.02


@dataclass
class Files:
    """Records by id, as the files hold them, and what was planted in the CVs."""

    vacancies: dict[str, Any] = field(default_factory=dict)
    candidates: dict[str, Any] = field(default_factory=dict)
    prospects: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, list[PlantedPiece]] = field(default_factory=dict)


def make_files(world: World, applications: Applications, seed: int, *, dirt: bool) -> Files:
    """All records.

    Args:
        world: people and vacancies.
        applications: who applied where, and what came of it.
        seed: the same seed gives the same files, byte for byte.
        dirt: whether the files have the faults of real ones.
    """
    rng = np.random.default_rng([seed, 4])
    files = Files()
    _add_vacancies(files, world, rng, dirt=dirt)
    identities = _add_candidates(
        files, world, _first_days(world, applications), np.random.default_rng([seed, 5]), dirt=dirt
    )
    _add_prospects(files, world, applications, identities, np.random.default_rng([seed, 6]))
    return files


def day_text(first: date, days: int) -> str:
    """A day as the files write it."""
    return f"{first + timedelta(days=days):%d-%m-%Y}"


def _add_vacancies(files: Files, world: World, rng: np.random.Generator, *, dirt: bool) -> None:
    vacancies = world.vacancies
    texts: list[dict[str, str]] = []
    for place in range(len(vacancies.day)):
        source = int(vacancies.copy_of[place])
        made = dict(texts[source]) if source >= 0 else vacancy_texts(world, place, rng)
        texts.append(made)
        shown = _dirty_texts(made, rng) if dirt else made
        area = areas()[int(vacancies.area[place])]
        state, city = city_of(int(vacancies.city[place]))
        contracts = rng.permutation(words()["contracts"])[: 1 + int(rng.random() < 0.3)].tolist()
        files.vacancies[str(FIRST_VACANCY + place)] = {
            "informacoes_basicas": {
                "data_requicisao": day_text(world.first, int(vacancies.day[place])),
                "limite_esperado_para_contratacao": one(rng, ["00-00-0000", "01-01-1970", "", "10-05-2024"]),
                "titulo_vaga": shown["title"],
                "vaga_sap": "Sim" if area.label == "TI - SAP" else "Não",
                "cliente": f"Cliente {int(vacancies.client[place]):02d}",
                "tipo_contratacao": ", ".join(contracts),
                "prioridade_vaga": "",
                "origem_vaga": one(rng, ["Nova Posição", "", "Substituição"]),
            },
            "perfil_vaga": {
                "pais": "Brasil",
                "estado": state,
                "cidade": city,
                "local_trabalho": one(rng, ["1000", "2000"]),
                "vaga_especifica_para_pcd": "Não",
                "nivel profissional": words()["levels"][int(vacancies.level[place])],
                "nivel_academico": words()["academics"][int(vacancies.academic[place])],
                "nivel_ingles": words()["languages"][int(vacancies.english[place])],
                "nivel_espanhol": one(rng, ["Nenhum", "", "Básico"]),
                "areas_atuacao": f"{area.label}-" + ("TI - Projetos-" if rng.random() < 0.1 else ""),
                "principais_atividades": shown["activities"],
                "competencia_tecnicas_e_comportamentais": shown["skills"],
                "demais_observacoes": shown["remarks"],
                "viagens_requeridas": one(rng, ["", "Não", "Sim"]),
            },
            "beneficios": {"valor_venda": "- p/ mês (168h)", "valor_compra_1": one(rng, ["fechado", "R$", "hora"])},
        }


def _dirty_texts(made: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    shown = dict(made)
    if rng.random() < REPEATED_TEXT:
        shown["skills"] = shown["activities"] = f"{made['activities']} {made['skills']}"
    if rng.random() < JUNK_TEXT:
        shown["remarks"] = one(rng, words()["junk"])
    if rng.random() < 0.3:
        shown["title"] = f"{made['title']} - {int(rng.integers(2_000_000, 2_999_999))}"
    elif rng.random() < 0.1:
        shown["title"] = f"IND - {made['title']}"
    return shown


def _first_days(world: World, applications: Applications) -> IntArray:
    """By person the day on which the record was made: before the first application."""
    days = world.people.day.astype(int)
    np.minimum.at(days, applications.person, applications.applied)
    return days - 1


def _add_candidates(
    files: Files, world: World, made: IntArray, rng: np.random.Generator, *, dirt: bool
) -> list[Identity]:
    identities = []
    for place in range(len(world.people.area)):
        who = make_identity(rng, is_woman=bool(world.people.is_woman[place]))
        identities.append(who)
        key = str(FIRST_CANDIDATE + place)
        cv, files.personal[key] = cv_text(world, place, who, rng)
        files.candidates[key] = _candidate(world, place, who, int(made[place]), rng, dirt=dirt) | {
            "cargo_atual": {},
            "cv_pt": cv,
            "cv_en": "",
        }
    return identities


def _candidate(
    world: World, place: int, who: Identity, made: int, rng: np.random.Generator, *, dirt: bool
) -> dict[str, Any]:
    people = world.people
    area = areas()[int(people.area[place])]

    def seldom(text: str) -> str:
        return "" if dirt and rng.random() < EMPTY_FIELDS else text

    return {
        "infos_basicas": {
            "nome": who.name,
            "email": who.mail,
            "telefone": who.phone,
            "telefone_recado": "",
            "data_criacao": f"{day_text(world.first, made)} 10:30:00",
            "codigo_profissional": str(FIRST_CANDIDATE + place),
        },
        "informacoes_pessoais": _personal(
            who,
            birth="0000-00-00" if dirt and rng.random() < 0.3 else who.birth_text,
            gender="Feminino" if people.is_woman[place] else "Masculino",
            seldom=seldom,
        ),
        "informacoes_profissionais": {
            "titulo_profissional": seldom(one(rng, area.roles)),
            "area_atuacao": seldom(area.label),
            "conhecimentos_tecnicos": seldom(", ".join(skill_names(int(people.area[place]), people.skills[place]))),
            "certificacoes": "",
            "outras_certificacoes": "",
            "remuneracao": one(rng, ["4000", "2.500,00", "R$2100,00", ""]),
            "nivel_profissional": seldom(words()["levels"][int(people.level[place])]),
        },
        "formacao_e_idiomas": {
            "nivel_academico": seldom(words()["academics"][int(people.academic[place])]),
            "nivel_ingles": seldom(words()["languages"][int(people.english[place])]),
            "nivel_espanhol": seldom("Básico"),
        },
    }


def _personal(who: Identity, *, birth: str, gender: str, seldom: Callable[[str], str]) -> dict[str, str]:
    """The personal fields of a candidate; ``seldom`` leaves some texts empty, as real files do."""
    return {
        "data_aceite": "Cadastro anterior ao registro de aceite",
        "nome": who.name,
        "cpf": who.cpf,
        "email": who.mail,
        "data_nascimento": birth,
        "telefone_celular": who.phone,
        "sexo": gender,
        "estado_civil": "",
        "endereco": seldom(f"{who.street}, {who.number}"),
        "skype": "",
        "url_linkedin": seldom(f"https://www.linkedin.com/in/{who.handle}"),
    }


def _add_prospects(
    files: Files, world: World, found: Applications, identities: list[Identity], rng: np.random.Generator
) -> None:
    for key, record in files.vacancies.items():
        title = record["informacoes_basicas"]["titulo_vaga"]
        files.prospects[key] = {"titulo": title, "modalidade": "", "prospects": []}
    for row, (person, vacancy) in enumerate(zip(found.person.tolist(), found.vacancy.tolist(), strict=True)):
        who, hired = identities[person], found.status[row].startswith("Contratado")
        group = files.prospects[str(FIRST_VACANCY + vacancy)]
        group["modalidade"] = one(rng, ["CLT", "PJ"]) if hired else group["modalidade"]
        updated = int(found.updated[row])
        group["prospects"].append(
            {
                "nome": who.name,
                "codigo": str(FIRST_CANDIDATE + person),
                "situacao_candidado": found.status[row],
                "data_candidatura": day_text(world.first, int(found.applied[row])),
                "ultima_atualizacao": day_text(world.first, updated) if updated >= 0 else "",
                "comentario": f"{who.given} aprovado pelo cliente, início combinado" if hired else "",
                "recrutador": "Equipe",
            }
        )
