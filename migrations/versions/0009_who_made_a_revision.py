"""Who made each revision and each embargo, and from where."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ORIGINS = ("command", "api", "page", "server")


def upgrade() -> None:
    op.add_column("embargo", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("revision", "embargo"):
        op.add_column(table, sa.Column("made_by", EXACT, nullable=True))
        origins = ", ".join(f"'{one}'" for one in ORIGINS)
        check = f"CONSTRAINT ck_{table}_origin CHECK (made_from IN ({origins}))"
        # With its check in one statement, which SQLite does without copying the table.
        op.execute(f"ALTER TABLE {table} ADD COLUMN made_from VARCHAR(20) {check}")
    op.create_index("ix_revision_made_by_number", "revision", ["made_by", "number"])


def downgrade() -> None:
    op.drop_index("ix_revision_made_by_number", "revision")
    for table in ("revision", "embargo"):
        op.drop_column(table, "made_from")
        op.drop_column(table, "made_by")
    op.drop_column("embargo", "made_at")
