"""Withdrawals of interviews that were never published, of which no revision tells."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHO: dict[str, Any] = {"slug": EXACT, "made_at": sa.DateTime(timezone=True), "made_by": EXACT, "reason": EXACT}


def upgrade() -> None:
    with op.batch_alter_table("withdrawal") as table:
        table.alter_column("revision", existing_type=sa.Integer(), nullable=True)
        for name, kind in WHO.items():
            table.add_column(sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM withdrawal WHERE revision IS NULL")
    with op.batch_alter_table("withdrawal") as table:
        for name in WHO:
            table.drop_column(name)
        table.alter_column("revision", existing_type=sa.Integer(), nullable=False)
