"""Statements of editors: who is one person and who is not; speakers as the files alone tell of them."""

import json
import zlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column(
            "kind",
            sa.Enum("merged", "parted", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("speaker_id", EXACT, nullable=False),
        sa.Column("other_id", EXACT, nullable=False),
        sa.Column("interviews", JSON, nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", EXACT, nullable=True),
        sa.Column("reason", EXACT, nullable=True),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by", EXACT, nullable=True),
        sa.Column("undone_reason", EXACT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_statement"),
    )
    op.create_index("ix_statement_speaker_id", "statement", ["speaker_id"])
    op.create_index("ix_statement_other_id", "statement", ["other_id"])
    op.create_table(
        "speaker_reading",
        sa.Column("id", EXACT, nullable=False),
        sa.Column("speaker_id", EXACT, nullable=False),
        sa.Column("slug", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=True),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column("same_as", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_speaker_reading"),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], "fk_speaker_reading_speaker_id_speaker", ondelete="CASCADE"
        ),
    )
    for column in ("speaker_id", "name", "slug"):
        op.create_index(f"ix_speaker_reading_{column}", "speaker_reading", [column])
    op.add_column("contribution", sa.Column("same_as", JSON, nullable=False, server_default="[]"))
    op.add_column("contribution", sa.Column("read_as", EXACT, nullable=True))
    op.create_index("ix_contribution_read_as", "contribution", ["read_as"])
    _rewrite_held(op.get_bind(), is_upgrade=True)


def downgrade() -> None:
    op.drop_index("ix_contribution_read_as", "contribution")
    op.drop_column("contribution", "read_as")
    op.drop_column("contribution", "same_as")
    op.drop_table("speaker_reading")
    op.drop_table("statement")
    _rewrite_held(op.get_bind(), is_upgrade=False)


def _rewrite_held(connection: sa.Connection, *, is_upgrade: bool) -> None:
    """Give the rows of interviews that are held back the same columns as the tables."""
    held = sa.table("embargo", sa.column("interview_id", EXACT), sa.column("content", sa.LargeBinary()))
    for interview_id in connection.execute(sa.select(held.c.interview_id)).scalars().all():
        of_interview = held.c.interview_id == interview_id
        content = connection.execute(sa.select(held.c.content).where(of_interview)).scalar_one()
        document = json.loads(zlib.decompress(content))
        rows = document["rows"]
        for row in rows["contribution"]:
            if is_upgrade:
                row.update(same_as=[], read_as=None)
            else:
                del row["same_as"], row["read_as"]
        if is_upgrade:
            rows["speaker_reading"] = []
        else:
            del rows["speaker_reading"]
        written = zlib.compress(json.dumps(document, ensure_ascii=False).encode())
        connection.execute(sa.update(held).where(of_interview).values(content=written))
