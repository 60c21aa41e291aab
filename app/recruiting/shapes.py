"""Models of the recruiting routes: validated requests and documented answers."""

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BaseModel, Field

from app.http.question import Question

MOST_PAIRS = 50
MOST_ON_PAGE = 50
LONGEST_TEXT = 40_000
VacancyId = Annotated[str, Path(max_length=64, description="The vacancy's id in the files.")]
CandidateId = Annotated[str, Path(max_length=64, description="The candidate's id in the files.")]
Offset = Annotated[int, Query(ge=0, le=1_000)]
Limit = Annotated[int, Query(ge=1, le=MOST_ON_PAGE)]
Short = Annotated[str | None, Field(max_length=500)]
Long = Annotated[str | None, Field(max_length=LONGEST_TEXT)]


class CandidateText(Question):
    """A candidate who is not stored."""

    title: Short = None
    area: Short = None
    skills_text: Long = None
    certifications: Long = None
    level: Short = None
    academic: Short = None
    english: Short = None
    spanish: Short = None
    cv_text: Long = None


class VacancyText(Question):
    """A vacancy that is not stored."""

    title: Short = None
    description: Long = None
    skills_text: Long = None
    remarks: Long = None
    state: Short = None
    city: Short = None
    level: Short = None
    academic: Short = None
    english: Short = None
    spanish: Short = None


class Pair(Question):
    """A candidate and a vacancy: ids, or texts."""

    candidate: Annotated[str, Field(max_length=64)] | CandidateText
    vacancy: Annotated[str, Field(max_length=64)] | VacancyText


class Pairs(Question):
    """Pairs, answered in their order."""

    pairs: list[Pair] = Field(min_length=1, max_length=MOST_PAIRS)


class LevelShape(BaseModel):
    name: Literal["level", "academic", "english", "spanish"]
    wanted: str
    has: str = Field(description="Empty where it is not known.")
    verdict: Literal["fits", "below", "above", "unknown"]


class PairReasons(BaseModel):
    shared_skills: list[str] = Field(description="As the vacancy names them.")
    missing_skills: list[str]
    levels: list[LevelShape]


class Match(BaseModel):
    score: float = Field(description="Its order means something, its size nothing.")
    match_probability: float = Field(description="How often such pairs ended in a hire; no judgement of a person.")
    similarity: float = Field(description="Cosine of the learnt vectors.")
    reasons: PairReasons


class Matches(BaseModel):
    release: str
    matches: list[Match]


class ShownCandidate(BaseModel):
    candidate_id: str
    title: str | None
    created_on: str | None
    area: str | None
    level: str | None
    academic: str | None
    english: str | None
    spanish: str | None


class ShownVacancy(BaseModel):
    vacancy_id: str
    title: str | None
    asked_on: str | None
    state: str | None
    city: str | None
    level: str | None
    academic: str | None
    english: str | None
    spanish: str | None
    contract_types: list[str]
    areas: list[str]


class RankedCandidate(ShownCandidate, Match):
    """A candidate for a vacancy."""


class RankedVacancy(ShownVacancy, Match):
    """A vacancy for a candidate."""


class CandidateList(BaseModel):
    vacancy_id: str
    release: str
    candidates: list[RankedCandidate]


class VacancyList(BaseModel):
    candidate_id: str
    release: str
    vacancies: list[RankedVacancy]


class Likeness(BaseModel):
    shared_skills: list[str] = Field(description="Written as in the record of the address.")
    same: list[str] = Field(description="Filters for which both have a value in common, such as `level`.")


class SimilarVacancy(ShownVacancy):
    similarity: float
    reasons: Likeness


class SimilarCandidate(ShownCandidate):
    similarity: float
    reasons: Likeness


class SimilarVacancies(BaseModel):
    vacancy_id: str
    release: str
    vacancies: list[SimilarVacancy]


class SimilarCandidates(BaseModel):
    candidate_id: str
    release: str
    candidates: list[SimilarCandidate]


class FoundVacancy(ShownVacancy):
    score: float
    found_words: list[str] = Field(description="Words of `q` that the record has.")


class FoundCandidate(ShownCandidate):
    score: float
    found_words: list[str] = Field(description="Words of `q` that the record or the CV has.")


class SearchResults(BaseModel):
    release: str
    kind: Literal["candidates", "vacancies"]
    results: list[FoundVacancy | FoundCandidate]


class CandidateContact(BaseModel):
    candidate_id: str
    contact: dict[str, list[str]] = Field(
        description="`names`, `emails`, `phones`, `cpf`, `addresses`, `birth_date`, `links`, if the files have them."
    )


class Look(BaseModel):
    number: int
    at: str
    viewer: str = Field(description="Name of the token.")
    route: str
    candidate: str = Field(description="Digest of the candidate.")


class ContactAccessList(BaseModel):
    looks: list[Look]
    before: int | None = Field(description="The `before` of the next page; null on the last page.")


class ErasedCandidate(BaseModel):
    erased: bool
