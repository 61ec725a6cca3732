"""Sessions of those who have signed in to the editor's desk."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "desk_session",
        sa.Column("token_sha256", EXACT, nullable=False),
        sa.Column("key_prefix", EXACT, nullable=False),
        sa.Column("form_token", EXACT, nullable=False),
        sa.Column("signed_in_at", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_desk_session"),
        sa.ForeignKeyConstraint(
            ["key_prefix"], ["access_key.prefix"], "fk_desk_session_key_prefix_access_key", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_desk_session_key_prefix", "desk_session", ["key_prefix"])
    op.create_index("ix_desk_session_expires_at", "desk_session", ["expires_at"])


def downgrade() -> None:
    op.drop_table("desk_session")
