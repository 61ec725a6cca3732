"""Search documents say whether any words of their question ask. They are written again by `quoth migrate`."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("search_document", sa.Column("interrogative", sa.Boolean(), nullable=True))
    op.execute("DELETE FROM search_document")
    op.execute("DELETE FROM search_term")
    op.execute("DELETE FROM search_word")


def downgrade() -> None:
    op.drop_column("search_document", "interrogative")
