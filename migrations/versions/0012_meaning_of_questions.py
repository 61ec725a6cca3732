"""Vectors of questions without their answers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("search_vector", sa.Column("asked", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("search_vector", "asked")
