"""Keys, and answers to requests that may be repeated."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "access_key",
        sa.Column("prefix", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=False),
        sa.Column("secret_sha256", EXACT, nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", EXACT, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("prefix", name="pk_access_key"),
    )
    op.create_table(
        "kept_answer",
        sa.Column("key_prefix", EXACT, nullable=False),
        sa.Column("idempotency_key", EXACT, nullable=False),
        sa.Column("request_sha256", EXACT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key_prefix", "idempotency_key", name="pk_kept_answer"),
        sa.ForeignKeyConstraint(
            ["key_prefix"], ["access_key.prefix"], "fk_kept_answer_key_prefix_access_key", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_kept_answer_made_at", "kept_answer", ["made_at"])


def downgrade() -> None:
    op.drop_table("kept_answer")
    op.drop_table("access_key")
