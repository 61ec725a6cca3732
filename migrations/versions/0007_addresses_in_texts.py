"""Search documents leave out addresses, such as the targets of links. They are written again by `quoth migrate`."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM search_document")
    op.execute("DELETE FROM search_term")
    op.execute("DELETE FROM search_word")


def downgrade() -> None:
    op.execute("DELETE FROM search_document")
    op.execute("DELETE FROM search_term")
    op.execute("DELETE FROM search_word")
