"""Where files were loaded from, so that two of one name stay two interviews."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "loaded_file",
        sa.Column("path", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words_sha256", EXACT, nullable=True),
        sa.PrimaryKeyConstraint("path", name="pk_loaded_file"),
    )
    op.create_index("ix_loaded_file_interview_id", "loaded_file", ["interview_id"])
    op.create_index("ix_loaded_file_words_sha256", "loaded_file", ["words_sha256"])


def downgrade() -> None:
    op.drop_table("loaded_file")
