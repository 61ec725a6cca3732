"""Labels by language, where a concept comes from, and how a suggested topic was found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
METHODS = ("phrase", "neighbours", "tag", "combined")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TOPIC = sa.table(
    "topic",
    sa.column("id", EXACT),
    sa.column("label", EXACT),
    sa.column("alternative_labels", JSON),
    sa.column("labels", JSON),
)


def upgrade() -> None:
    op.add_column("topic", sa.Column("uri", EXACT, nullable=True))
    op.add_column("topic", sa.Column("notation", EXACT, nullable=True))
    # A table that others refer to cannot be copied in SQLite, and there a new column needs a value for old rows.
    op.add_column("topic", sa.Column("labels", JSON, nullable=False, server_default=sa.text("'[]'")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_TOPIC.c.id, _TOPIC.c.label, _TOPIC.c.alternative_labels)).all():
        labels = [{"kind": "preferred", "language": None, "text": row.label}]
        labels += [{"kind": "alternative", "language": None, "text": text} for text in sorted(row.alternative_labels)]
        connection.execute(sa.update(_TOPIC).where(_TOPIC.c.id == row.id).values(labels=labels))
    op.drop_column("topic", "alternative_labels")
    words = ", ".join(f"'{method}'" for method in METHODS)
    op.execute(
        "ALTER TABLE question_topic ADD COLUMN method VARCHAR(20) "
        f"CONSTRAINT ck_question_topic_method CHECK (method IN ({words}))"
    )
    op.add_column("question_topic", sa.Column("vocabulary", EXACT, nullable=True))
    op.add_column("question", sa.Column("suggested_from", EXACT, nullable=True))


def downgrade() -> None:
    op.drop_column("question", "suggested_from")
    op.drop_column("question_topic", "vocabulary")
    op.drop_column("question_topic", "method")
    op.add_column("topic", sa.Column("alternative_labels", JSON, nullable=False, server_default=sa.text("'[]'")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_TOPIC.c.id, _TOPIC.c.labels)).all():
        others = [label["text"] for label in row.labels if label["kind"] == "alternative"]
        connection.execute(sa.update(_TOPIC).where(_TOPIC.c.id == row.id).values(alternative_labels=others))
    op.drop_column("topic", "labels")
    op.drop_column("topic", "notation")
    op.drop_column("topic", "uri")
