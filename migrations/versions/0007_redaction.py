"""Redacted words, withdrawn source files, and interviews that are held back until a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turn", sa.Column("redactions", JSON, nullable=True))
    op.add_column("transcript", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "redaction",
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("salt", EXACT, nullable=False),
        sa.Column("pieces", JSON, nullable=False),
        sa.CheckConstraint("length >= 0", name="ck_redaction_length_positive"),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_redaction_revision_revision"),
        sa.PrimaryKeyConstraint("interview_id", "number", name="pk_redaction"),
    )
    op.create_table(
        "withdrawal",
        sa.Column("sha256", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_withdrawal_revision_revision"),
        sa.PrimaryKeyConstraint("sha256", name="pk_withdrawal"),
    )
    op.create_index("ix_withdrawal_interview_id", "withdrawal", ["interview_id"])
    op.create_table(
        "embargo",
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", EXACT, nullable=True),
        sa.Column("slug", EXACT, nullable=False),
        sa.Column("sha256s", JSON, nullable=False),
        sa.Column("reading_sha256", EXACT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("interview_id", name="pk_embargo"),
        sa.UniqueConstraint("slug", name="uq_embargo_slug"),
    )


def downgrade() -> None:
    op.drop_table("embargo")
    op.drop_index("ix_withdrawal_interview_id", "withdrawal")
    op.drop_table("withdrawal")
    op.drop_table("redaction")
    op.drop_column("transcript", "withheld")
    op.drop_column("turn", "redactions")
