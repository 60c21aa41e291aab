"""Columns of the refined tables."""

import polars as pl

VACANCIES = "vacancies.parquet"
CANDIDATES = "candidates.parquet"
APPLICATIONS = "applications.parquet"
REJECTED = "rejected.parquet"

VACANCY_SCHEMA: dict[str, pl.DataType] = {
    "vacancy_id": pl.String(),
    "asked_on": pl.Date(),  # the day on which the client asked for it
    "title": pl.String(),
    "description": pl.String(),
    "skills_text": pl.String(),
    "remarks": pl.String(),
    "country": pl.String(),
    "state": pl.String(),
    "city": pl.String(),
    "level": pl.String(),
    "academic": pl.String(),
    "english": pl.String(),
    "spanish": pl.String(),
    "contract_types": pl.List(pl.String()),
    "areas": pl.List(pl.String()),
    "client": pl.String(),  # a pseudonym
    "is_pcd": pl.Boolean(),
    "needs_travel": pl.Boolean(),
}
CANDIDATE_SCHEMA: dict[str, pl.DataType] = {
    "candidate_id": pl.String(),
    "created_on": pl.Date(),
    "title": pl.String(),
    "area": pl.String(),
    "skills_text": pl.String(),
    "certifications": pl.String(),
    "level": pl.String(),
    "academic": pl.String(),
    "english": pl.String(),
    "spanish": pl.String(),
    "cv_text": pl.String(),  # without personal data
}
APPLICATION_SCHEMA: dict[str, pl.DataType] = {
    "candidate_id": pl.String(),
    "vacancy_id": pl.String(),
    "applied_on": pl.Date(),
    "updated_on": pl.Date(),  # null where the status was never changed
    "status": pl.String(),
    "grade": pl.Int8(),  # relevance by the params' table; null where nothing is decided
}
SCHEMAS = {VACANCIES: VACANCY_SCHEMA, CANDIDATES: CANDIDATE_SCHEMA, APPLICATIONS: APPLICATION_SCHEMA}
