"""Evaluation figures by release."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "recruiting_evaluation_figures",
        *(sa.Column(name, sa.String(64), primary_key=True) for name in ("release", "model", "metric")),
        sa.Column("evaluated_at", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Double) for name in ("value", "low", "high")),
        sa.Column("cases", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("recruiting_evaluation_figures")
