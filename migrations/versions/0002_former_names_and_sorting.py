"""Former names, and what sorts undated interviews and questions by position."""

import sqlalchemy as sa
from alembic import op

# As in the models: text ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("noun", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("item_id", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("noun", "name", name="pk_former_name"),
    )
    op.create_index("ix_former_name_item_id", "former_name", ["item_id"])
    op.add_column("interview", sa.Column("undated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE interview SET undated = (published IS NULL)")
    op.create_index(
        "ix_interview_undated_published_earliest_id",
        "interview",
        ["undated", "published_earliest", "id"],
        unique=True,
    )
    op.create_index("ix_question_position_interview_id", "question", ["position", "interview_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_question_position_interview_id", "question")
    op.drop_index("ix_interview_undated_published_earliest_id", "interview")
    # Without a batch, which would make the table again under those that refer to it.
    op.execute("ALTER TABLE interview DROP COLUMN undated")
    op.drop_table("former_name")
