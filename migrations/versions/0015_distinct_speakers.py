"""Statements that two speakers are two people."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow("merged", "parted", "distinct")


def downgrade() -> None:
    op.execute("DELETE FROM statement WHERE kind = 'distinct'")
    _allow("merged", "parted")


def _allow(*kinds: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_statement_kind"), "statement", type_="check")
        op.create_check_constraint(op.f("ck_statement_kind"), "statement", sa.column("kind").in_(kinds))
        return
    # SQLite cannot change a check: the table is copied.
    with op.batch_alter_table("statement") as table:
        table.alter_column("kind", existing_type=_words(("merged", "parted")), type_=_words(kinds))


def _words(kinds: Sequence[str]) -> sa.Enum:
    return sa.Enum(*kinds, name="kind", native_enum=False, create_constraint=True, length=20)
