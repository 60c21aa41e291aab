"""Records of the three files as rows of texts. What is personal or known only afterwards is not copied."""

from collections.abc import Iterator, Mapping
from typing import Any

from script_shared.recruiting.privacy import scrub

VACANCY = {  # raw column: group and key of a record
    "asked_on": ("informacoes_basicas", "data_requicisao"),
    "title": ("informacoes_basicas", "titulo_vaga"),
    "client": ("informacoes_basicas", "cliente"),
    "contract_types": ("informacoes_basicas", "tipo_contratacao"),
    "country": ("perfil_vaga", "pais"),
    "state": ("perfil_vaga", "estado"),
    "city": ("perfil_vaga", "cidade"),
    "level": ("perfil_vaga", "nivel profissional"),
    "academic": ("perfil_vaga", "nivel_academico"),
    "english": ("perfil_vaga", "nivel_ingles"),
    "spanish": ("perfil_vaga", "nivel_espanhol"),
    "areas": ("perfil_vaga", "areas_atuacao"),
    "is_pcd": ("perfil_vaga", "vaga_especifica_para_pcd"),
    "needs_travel": ("perfil_vaga", "viagens_requeridas"),
    "description": ("perfil_vaga", "principais_atividades"),
    "skills_text": ("perfil_vaga", "competencia_tecnicas_e_comportamentais"),
    "remarks": ("perfil_vaga", "demais_observacoes"),
}
VACANCY_TEXTS = ("description", "skills_text", "remarks")
CANDIDATE = {
    "created_on": ("infos_basicas", "data_criacao"),
    "title": ("informacoes_profissionais", "titulo_profissional"),
    "area": ("informacoes_profissionais", "area_atuacao"),
    "skills_text": ("informacoes_profissionais", "conhecimentos_tecnicos"),
    "level": ("informacoes_profissionais", "nivel_profissional"),
    "academic": ("formacao_e_idiomas", "nivel_academico"),
    "english": ("formacao_e_idiomas", "nivel_ingles"),
    "spanish": ("formacao_e_idiomas", "nivel_espanhol"),
}
CERTIFICATES = ("certificacoes", "outras_certificacoes")
KNOWN = {  # of a person: read to find it in the texts, and dropped
    "infos_basicas": ("email", "telefone", "telefone_recado"),
    "informacoes_pessoais": (
        *("email", "email_secundario", "telefone_celular", "telefone_recado", "cpf", "endereco", "skype"),
        *("url_linkedin", "facebook"),
    ),
}
CONTACT = {  # fields of a person's contact, and their places in the files: several places give several values
    "names": (("infos_basicas", "nome"), ("informacoes_pessoais", "nome")),
    "emails": (
        *(("infos_basicas", "email"), ("informacoes_pessoais", "email")),
        ("informacoes_pessoais", "email_secundario"),
    ),
    "phones": (
        *(("infos_basicas", "telefone"), ("infos_basicas", "telefone_recado")),
        *(("informacoes_pessoais", "telefone_celular"), ("informacoes_pessoais", "telefone_recado")),
    ),
    "cpf": (("informacoes_pessoais", "cpf"),),
    "addresses": (("informacoes_pessoais", "endereco"),),
    "birth_date": (("informacoes_pessoais", "data_nascimento"),),
    "links": tuple(("informacoes_pessoais", name) for name in ("url_linkedin", "facebook", "skype")),
}
Row = dict[str, str]


def text_of(value: Any) -> str:
    """A value as text; "" for anything that is neither a text nor a number."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def vacancy_row(vacancy: str, record: object) -> Row:
    """One vacancy; its texts lose people's names and addresses."""
    row = {"vacancy_id": vacancy, **{name: _at(record, *place) for name, place in VACANCY.items()}}
    return row | {name: scrub(row[name]) for name in VACANCY_TEXTS}


def candidate_row(candidate: str, record: object) -> Row:
    """One candidate; nothing identifies the person but the id."""
    names = [_at(record, group, "nome") for group in ("infos_basicas", "informacoes_pessoais")]
    births = [_at(record, "informacoes_pessoais", "data_nascimento")]
    known = [_at(record, group, key) for group, keys in KNOWN.items() for key in keys]
    row = {"candidate_id": candidate, **{name: _at(record, *place) for name, place in CANDIDATE.items()}}
    certificates = [_at(record, "informacoes_profissionais", key) for key in CERTIFICATES]
    texts = {
        "title": row["title"],
        "skills_text": row["skills_text"],
        "certifications": "\n".join(text for text in certificates if text.strip()),
        "cv_text": "\n".join(text for text in (_at(record, "cv_pt"), _at(record, "cv_en")) if text.strip()),
    }
    return row | {name: scrub(text, names, births, known) if text else "" for name, text in texts.items()}


def contact_of(record: object) -> dict[str, list[str]]:
    """A person's contact: each value once."""
    found = {name: [_at(record, *place).strip() for place in places] for name, places in CONTACT.items()}
    return {name: list(dict.fromkeys(filter(None, values))) for name, values in found.items()}


def application_rows(vacancy: str, record: object) -> Iterator[Row]:
    """The applications of one vacancy; comments, recruiters and the modality are not read."""
    group: Mapping[str, Any] = record if isinstance(record, dict) else {}
    prospects = group.get("prospects")
    for prospect in prospects if isinstance(prospects, list) else ():
        yield {
            "candidate_id": _at(prospect, "codigo"),
            "vacancy_id": vacancy,
            "vacancy_title": text_of(group.get("titulo")),
            "applied_on": _at(prospect, "data_candidatura"),
            "updated_on": _at(prospect, "ultima_atualizacao"),
            "status": _at(prospect, "situacao_candidado"),
        }


def _at(record: object, *keys: str) -> str:
    """The text at a place in a record; "" where there is none."""
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return text_of(record)
