"""The first tables: vacancies, candidates, applications, and the number of the latest change."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMTEXT, VARCHAR

revision = "0001"
down_revision = None
MYSQL = ("mysql", "mariadb")
TEXT = sa.Text().with_variant(MEDIUMTEXT(), *MYSQL)
ID = sa.String(64).with_variant(VARCHAR(64, collation="utf8mb4_bin"), *MYSQL)
TEXTS = {
    "vacancies": ("description", "skills_text", "remarks"),
    "candidates": ("skills_text", "certifications", "cv_text"),
}
SHORTS = {
    "vacancies": ("title", "country", "state", "city", "level", "academic", "english", "spanish"),
    "candidates": ("title", "area", "level", "academic", "english", "spanish"),
}


def upgrade() -> None:
    """Make them."""
    vacancies: list[sa.Column[Any]] = [
        sa.Column("vacancy_id", ID, primary_key=True),
        sa.Column("asked_on", sa.String(10)),
    ]
    vacancies += [sa.Column(name, sa.JSON) for name in ("contract_types", "areas")]
    vacancies += [sa.Column("client", ID)]
    vacancies += [sa.Column(name, sa.Boolean) for name in ("is_pcd", "needs_travel")]
    candidates: list[sa.Column[Any]] = [
        sa.Column("candidate_id", ID, primary_key=True),
        sa.Column("created_on", sa.String(10)),
    ]
    applications: list[sa.Column[Any]] = [
        sa.Column(name, ID, primary_key=True) for name in ("candidate_id", "vacancy_id")
    ]
    applications += [
        sa.Column("applied_on", sa.String(10), nullable=False),
        sa.Column("updated_on", sa.String(10)),
        sa.Column("status", sa.String(500)),
    ]
    for name, own in (("vacancies", vacancies), ("candidates", candidates), ("applications", applications)):
        texts = [sa.Column(each, TEXT) for each in TEXTS.get(name, ())]
        shorts = [sa.Column(each, sa.String(500)) for each in SHORTS.get(name, ())]
        op.create_table(f"recruiting_{name}", *own, *texts, *shorts, *_common_columns())
        op.create_index(f"recruiting_{name}_change", f"recruiting_{name}", ["change"])
    counter = op.create_table(
        "recruiting_counter",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("change", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(counter, [{"id": 1, "change": 0}])


def downgrade() -> None:
    """Remove them."""
    for name in ("counter", "applications", "candidates", "vacancies"):
        op.drop_table(f"recruiting_{name}")


def _common_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
    ]
