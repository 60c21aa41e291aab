"""Source ``parquet``: the tables ``vagas``, ``processos`` and ``candidatos``, whose texts are free of personal data."""

import hashlib
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.raw_files.given_path import given_path, stamp
from pipelines.recruiting.tables.raw import write_raw
from pipelines.use_case import Context
from script_shared.errors import InputError

WHAT = "the folder that holds vagas.parquet, processos.parquet and candidatos.parquet"
FILES = ("vagas.parquet", "processos.parquet", "candidatos.parquet")
VACANCY = {
    "vacancy_id": "vaga",
    "asked_on": "data_requicisao",
    "title": "titulo_vaga",
    "description": "principais_atividades",
    "skills_text": "competencia_tecnicas_e_comportamentais",
    "remarks": "demais_observacoes",
    "country": "pais",
    "state": "estado",
    "city": "cidade",
    "level": "nivel_profissional",
    "academic": "nivel_academico",
    "english": "nivel_ingles",
    "spanish": "nivel_espanhol",
    "contract_types": "tipo_contratacao",
    "areas": "areas_atuacao",
    "is_pcd": "vaga_especifica_para_pcd",
    "needs_travel": "viagens_requeridas",
}
CANDIDATE = {
    "candidate_id": "candidato",
    "created_on": "data_criacao",
    "title": "titulo_profissional",
    "area": "area_atuacao",
    "skills_text": "conhecimentos_tecnicos",
    "level": "nivel_profissional",
    "academic": "nivel_academico",
    "english": "nivel_ingles",
    "spanish": "nivel_espanhol",
    "cv_text": "cv_terms",
}
APPLICATION = {
    "candidate_id": "candidato",
    "vacancy_id": "vaga",
    "vacancy_title": "titulo",
    "applied_on": "data",
    "updated_on": "atualizacao",
    "status": "status",
}


def fingerprint(context: Context) -> str:
    """Sizes and times of the files."""
    lines = [f"{path.name} {stamp(path)}" for path in _files(context)]
    return "parquet:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def fetch(context: Context, folder: Path) -> dict[str, Any]:
    """Write the raw tables; candidates who only appear in applications have their area and nothing else.

    Raises:
        InputError: a file or a column is missing.
    """
    vacancies, pairs, people = (pl.read_parquet(path, glob=False) for path in _files(context))
    write_raw(folder, "vacancies", _rename_columns(vacancies, VACANCY))
    write_raw(folder, "applications", _rename_columns(pairs, APPLICATION))
    both = [name for name in ("certificacoes", "outras_certificacoes") if name in people.columns]
    known = _rename_columns(people, CANDIDATE).with_columns(
        people.select(pl.concat_str(both, separator="\n", ignore_nulls=True).alias("certifications")).to_series()
        if both
        else pl.lit(None, pl.String).alias("certifications")
    )
    areas = pl.col("areas_candidato") if "areas_candidato" in pairs.columns else pl.lit(None, pl.String)
    others = pairs.select(pl.col("candidato").cast(pl.String).alias("candidate_id"), areas.alias("area"))
    others = others.unique("candidate_id", keep="first", maintain_order=True).join(known, on="candidate_id", how="anti")
    candidates = pl.concat([known, others], how="diagonal")
    write_raw(folder, "candidates", candidates)
    return {"vacancies": vacancies.height, "candidates": candidates.height, "applications": pairs.height}


def _files(context: Context) -> list[Path]:
    folder = given_path(context, WHAT)
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise InputError(f"{folder}: files are missing: {', '.join(missing)}.", fix=f"Name {WHAT}.")
    return [folder / name for name in FILES]


def _rename_columns(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    if missing := [column for column in columns.values() if column not in table.columns]:
        raise InputError(f"the column {missing[0]!r} is missing.", fix=f"Name {WHAT}.")
    return table.select(pl.col(column).cast(pl.String).alias(name) for name, column in columns.items())
