"""The tables: one row for each vacancy, candidate and application, with its version and the number of its change."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, MetaData, String, Table
from sqlalchemy import Text as AnyText
from sqlalchemy.dialects.mysql import MEDIUMTEXT, VARCHAR

SHORT = 500  # characters
MYSQL = ("mysql", "mariadb")
Text = AnyText().with_variant(MEDIUMTEXT(), *MYSQL)  # their TEXT ends at 64 kB
Id = String(64).with_variant(
    VARCHAR(64, collation="utf8mb4_bin"), *MYSQL
)  # without it, A equals a, and "a " equals "a"
METADATA = MetaData()


def _common_columns() -> list[Column[Any]]:
    """Columns of every table: version, number of the latest change, and whether the row was removed."""
    return [
        Column("version", Integer, nullable=False),
        Column("change", BigInteger, nullable=False),
        Column("removed", Boolean, nullable=False, default=False),
    ]


VACANCIES = Table(
    "recruiting_vacancies",
    METADATA,
    Column("vacancy_id", Id, primary_key=True),
    Column("asked_on", String(10)),
    Column("title", String(SHORT)),
    *(Column(name, Text) for name in ("description", "skills_text", "remarks")),
    *(Column(name, String(SHORT)) for name in ("country", "state", "city", "level", "academic", "english", "spanish")),
    *(Column(name, JSON) for name in ("contract_types", "areas")),
    Column("client", Id),
    *(Column(name, Boolean) for name in ("is_pcd", "needs_travel")),
    *_common_columns(),
)
CANDIDATES = Table(
    "recruiting_candidates",
    METADATA,
    Column("candidate_id", Id, primary_key=True),
    Column("created_on", String(10)),
    *(Column(name, String(SHORT)) for name in ("title", "area")),
    *(Column(name, Text) for name in ("skills_text", "certifications")),
    *(Column(name, String(SHORT)) for name in ("level", "academic", "english", "spanish")),
    Column("cv_text", Text),  # without personal data
    *_common_columns(),
)
APPLICATIONS = Table(
    "recruiting_applications",
    METADATA,
    Column("candidate_id", Id, primary_key=True),
    Column("vacancy_id", Id, primary_key=True),
    Column("applied_on", String(10), nullable=False),
    Column("updated_on", String(10)),
    Column("status", String(SHORT)),
    *_common_columns(),
)
COUNTER = Table(  # one row: the number of the latest change; its writer locks out others until the commit
    "recruiting_counter",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("change", BigInteger, nullable=False),
)
CONTACTS = Table(  # the only table with personal data
    "recruiting_contacts",
    METADATA,
    Column("candidate_id", Id, primary_key=True),
    Column("content", Text, nullable=False),  # encrypted
)
ACCESS = Table(
    "recruiting_access",
    METADATA,
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("viewer", String(64), nullable=False),
    Column("route", String(128), nullable=False),
    Column("candidate", String(32), nullable=False),  # a digest
    sqlite_autoincrement=True,  # a number is never given twice
)
FIGURES = Table(
    "recruiting_evaluation_figures",
    METADATA,
    *(Column(name, String(64), primary_key=True) for name in ("release", "model", "metric")),
    Column("evaluated_at", String(32), nullable=False),
    *(Column(name, Double) for name in ("value", "low", "high")),
    Column("cases", Integer, nullable=False),
)
OF_CANDIDATES = (APPLICATIONS, CANDIDATES, CONTACTS)
TABLES = {"vacancies": VACANCIES, "candidates": CANDIDATES, "applications": APPLICATIONS}
for _table in TABLES.values():
    Index(f"{_table.name}_change", _table.c.change)
