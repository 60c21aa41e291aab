"""Encrypted contacts of candidates, and who read one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMTEXT, VARCHAR

revision = "0002"
down_revision = "0001"
MYSQL = ("mysql", "mariadb")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recruiting_contacts",
        sa.Column(
            "candidate_id",
            sa.String(64).with_variant(VARCHAR(64, collation="utf8mb4_bin"), *MYSQL),
            primary_key=True,
        ),
        sa.Column("content", sa.Text().with_variant(MEDIUMTEXT(), *MYSQL), nullable=False),
    )
    op.create_table(
        "recruiting_access",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("viewer", sa.String(64), nullable=False),
        sa.Column("route", sa.String(128), nullable=False),
        sa.Column("candidate", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove them."""
    for name in ("contacts", "access"):
        op.drop_table(f"recruiting_{name}")
