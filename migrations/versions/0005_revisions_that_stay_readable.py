"""Revisions of questions and answers, and interviews as they were before a correction."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Words of revisions that were replaced before there was a place for them are gone; what there is now is the first.
    for table in ("question", "answer"):
        op.add_column(table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        op.add_column(table, sa.Column("revised_in", sa.Integer(), nullable=False, server_default="1"))
        op.execute(
            f"UPDATE {table} SET revised_in = (SELECT interview.revision FROM interview "  # noqa: S608 - both are ours
            f"WHERE interview.id = {table}.interview_id)"
        )
    op.add_column("change", sa.Column("replaced_by", JSON, nullable=True))
    op.create_table(
        "past_interview",
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("interview_id", "revision", name="pk_past_interview"),
    )
    op.create_table(
        "past_item",
        sa.Column("item_id", EXACT, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("noun", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("first_in", sa.Integer(), nullable=False),
        sa.Column("last_in", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_in <= last_in", name="ck_past_item_first_before_last"),
        sa.PrimaryKeyConstraint("item_id", "revision", name="pk_past_item"),
    )
    op.create_index("ix_revision_interview_id", "revision", ["interview_id"])
    op.create_index("ix_interview_modified_at_id", "interview", ["modified_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_interview_modified_at_id", "interview")
    op.drop_index("ix_revision_interview_id", "revision")
    op.drop_table("past_item")
    op.drop_table("past_interview")
    op.drop_column("change", "replaced_by")
    for table in ("answer", "question"):
        op.drop_column(table, "revised_in")
        op.drop_column(table, "revision")
