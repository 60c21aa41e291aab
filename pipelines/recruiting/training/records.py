"""The refined tables as records and arrays of rows, as models read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.recruiting.tables.reading import Tables
from script_shared.arrays import Int64s, IntArray
from script_shared.recruiting.features.activity import UNDECIDED, Application
from script_shared.recruiting.records import NEVER, Candidate, Vacancy


@dataclass(frozen=True)
class Data:
    """Vacancies and candidates in order, and applications between their rows, by day.

    Attributes:
        candidate, vacancy: int64 (applications) rows.
        day, updated: int64 days since 1970-01-01; NEVER where a status never changed.
        grade: int64 relevance, -1 where nothing is decided.
    """

    vacancies: Sequence[Vacancy]
    candidates: Sequence[Candidate]
    candidate: Int64s
    vacancy: Int64s
    day: IntArray
    updated: IntArray
    grade: IntArray

    def applications(self, places: IntArray) -> list[Application]:
        """The applications at some places."""
        columns = (self.candidate, self.vacancy, self.day, self.updated, self.grade)
        return [Application(*row) for row in zip(*(column[places].tolist() for column in columns), strict=True)]

    def before(self, day: int) -> "Data":
        """The same as it was known when a day began: no later application, no later status."""
        seen = self.day < day
        updated = self.updated[seen]
        later = updated >= day
        return replace(
            self,
            candidate=self.candidate[seen],
            vacancy=self.vacancy[seen],
            day=self.day[seen],
            updated=np.where(later, NEVER, updated),
            grade=np.where(later, UNDECIDED, self.grade[seen]),
        )


def data_of(tables: Tables) -> Data:
    """Tables to records. Applications to an unknown vacancy are left out; an unknown candidate is one without texts.

    Args:
        tables: of a refined run.
    """
    vacancies = tables.vacancies.unique("vacancy_id", keep="first", maintain_order=True)
    known = pl.DataFrame({"vacancy_id": vacancies["vacancy_id"]}).with_row_index("vacancy")
    applied = tables.applications.join(known, on="vacancy_id").sort("applied_on", "vacancy", "candidate_id")
    blank = applied.join(tables.candidates, on="candidate_id", how="anti")["candidate_id"].unique(maintain_order=True)
    candidates = [*map(Candidate.of, tables.candidates.to_dicts()), *map(Candidate, blank)]
    rows = pl.DataFrame({"candidate_id": [each.id for each in candidates]}).with_row_index("candidate")
    applied = applied.join(rows, on="candidate_id", maintain_order="left")
    days = {name: applied[name].to_physical().fill_null(NEVER).to_numpy() for name in ("applied_on", "updated_on")}
    return Data(
        vacancies=[Vacancy.of(row) for row in vacancies.to_dicts()],
        candidates=candidates,
        candidate=applied["candidate"].to_numpy().astype(np.int64),
        vacancy=applied["vacancy"].to_numpy().astype(np.int64),
        day=days["applied_on"].astype(np.int64),
        updated=days["updated_on"].astype(np.int64),
        grade=applied["grade"].fill_null(-1).to_numpy().astype(np.int64),
    )
