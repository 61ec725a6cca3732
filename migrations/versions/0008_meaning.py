"""Vectors of search documents, for ranking by meaning."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "search_vector",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("model", EXACT, nullable=False),
        sa.Column("text_sha256", EXACT, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_search_vector"),
        sa.ForeignKeyConstraint(
            ["number"], ["search_document.number"], "fk_search_vector_number_search_document", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("search_vector")
