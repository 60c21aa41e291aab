"""The real files of vacancies, processes and candidates, as the refined tables of the use case."""

from pathlib import Path

import polars as pl

from pipelines.recruiting.tables.reading import Tables

EMPTY = ("", "-", "--", "00-00-0000")
PAIR_FEATURES = "f_"


def decision_tables(folder: Path) -> Tables:
    """Read the three files; facts that are known only afterwards are left in them."""
    vacancies = pl.read_parquet(folder / "vagas.parquet")
    processes = pl.read_parquet(folder / "processos.parquet")
    candidates = pl.read_parquet(folder / "candidatos.parquet")
    return Tables(_vacancies(vacancies), _candidates(candidates), _applications(processes))


def _text(name: str, new: str) -> pl.Expr:
    value = pl.col(name).str.strip_chars()
    return pl.when(value.is_in(EMPTY)).then(None).otherwise(value).alias(new)


def _list(name: str, separator: str, new: str) -> pl.Expr:
    parts = pl.col(name).fill_null("").str.split(separator).list.eval(pl.element().str.strip_chars(" -"))
    return parts.list.eval(pl.element().filter(pl.element() != "")).alias(new)


def _vacancies(table: pl.DataFrame) -> pl.DataFrame:
    names = {
        "title": "titulo_vaga", "description": "principais_atividades",
        "skills_text": "competencia_tecnicas_e_comportamentais", "remarks": "demais_observacoes", "country": "pais",
        "state": "estado", "city": "cidade", "level": "nivel_profissional", "academic": "nivel_academico",
        "english": "nivel_ingles", "spanish": "nivel_espanhol",
    }  # fmt: skip
    return table.select(
        pl.col("vaga").cast(pl.String).alias("vacancy_id"),
        pl.col("data_requicisao").cast(pl.Date).alias("asked_on"),
        *(_text(old, new) for new, old in names.items()),
        _list("tipo_contratacao", ",", "contract_types"),
        _list("areas_atuacao", "-TI", "areas"),
        pl.lit(None, pl.String).alias("client"),
        (pl.col("vaga_especifica_para_pcd") == "Sim").alias("is_pcd"),
        (pl.col("viagens_requeridas") == "Sim").alias("needs_travel"),
    )


def _candidates(table: pl.DataFrame) -> pl.DataFrame:
    names = {
        "title": "titulo_profissional", "area": "area_atuacao", "skills_text": "conhecimentos_tecnicos",
        "certifications": "certificacoes", "level": "nivel_profissional", "academic": "nivel_academico",
        "english": "nivel_ingles", "spanish": "nivel_espanhol", "cv_text": "cv_terms",
    }  # fmt: skip
    return table.select(
        pl.col("candidato").cast(pl.String).alias("candidate_id"),
        pl.col("data_criacao").cast(pl.Date).alias("created_on"),
        *(_text(old, new) for new, old in names.items()),
    )


def _applications(table: pl.DataFrame) -> pl.DataFrame:
    return table.select(
        pl.col("candidato").cast(pl.String).alias("candidate_id"),
        pl.col("vaga").cast(pl.String).alias("vacancy_id"),
        pl.col("data").cast(pl.Date).alias("applied_on"),
        pl.col("atualizacao").cast(pl.Date).alias("updated_on"),
        _text("status", "status"),
        pl.col("status").replace_strict(GRADES, default=None, return_dtype=pl.Int8).alias("grade"),
    )


GRADES = {
    **dict.fromkeys(
        ("Contratado pela Decision", "Contratado como Hunting", "Aprovado", "Proposta Aceita", "Encaminhar Proposta",
         "Documentação PJ", "Documentação CLT", "Documentação Cooperado"), 4,
    ),
    "Desistiu da Contratação": 3,
    **dict.fromkeys(("Entrevista Técnica", "Entrevista com Cliente"), 2),
    "Encaminhado ao Requisitante": 1,
    **dict.fromkeys(
        ("Não Aprovado pelo Cliente", "Não Aprovado pelo RH", "Não Aprovado pelo Requisitante", "Desistiu",
         "Sem interesse nesta vaga", "Recusado"), 0,
    ),
}  # fmt: skip
