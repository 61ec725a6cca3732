"""How many questions each topic has, by itself and with everything below it, so that nobody has to count them; and the
interviews in which somebody has a role.
"""

import sqlalchemy as sa
from alembic import op

# As in the models: text ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# PostgreSQL keeps every version of a row until the transaction ends, and goes through them to find the newest: one
# number that an import raises ten thousand times would take it seconds. So each topic has several there, whose sum
# counts, and a question always goes to the same one. SQLite changes a row in place.
_PARTS = 64


def _part(question: str, *, postgresql: bool) -> str:
    return f"hashtext({question}) & {_PARTS - 1}" if postgresql else "0"


def _added(row: str, sign: str, own: str, *, postgresql: bool) -> str:
    """Count one row of topic_question in, or out."""
    part = _part(f"{row}.question_id", postgresql=postgresql)
    return f"""
        INSERT INTO topic_count (topic_id, part, questions, own)
        VALUES ({row}.topic_id, {part}, {sign}1, {sign}({own}))
        ON CONFLICT (topic_id, part) DO UPDATE
        SET questions = topic_count.questions + excluded.questions, own = topic_count.own + excluded.own
    """  # noqa: S608 - words of this page


def _bodies(*, postgresql: bool) -> dict[str, tuple[str, str, list[str]]]:
    """Return what each trigger is after, when it fires, and what it does."""

    def counted(row: str, sign: str) -> str:
        own = f"CASE WHEN {row}.own THEN 1 ELSE 0 END"
        return _added(row, sign, own, postgresql=postgresql)

    return {
        "topic_question_inserted": ("INSERT ON topic_question", "1 = 1", [counted("NEW", "+")]),
        "topic_question_deleted": ("DELETE ON topic_question", "1 = 1", [counted("OLD", "-")]),
        "topic_question_updated": (
            "UPDATE OF question_id, topic_id, own ON topic_question",
            "OLD.question_id <> NEW.question_id OR OLD.topic_id <> NEW.topic_id OR OLD.own <> NEW.own",
            [counted("OLD", "-"), counted("NEW", "+")],
        ),
    }


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "topic_count",
        sa.Column("topic_id", EXACT, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("own", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name="fk_topic_count_topic_id_topic", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "part", name="pk_topic_count"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"""
        INSERT INTO topic_count (topic_id, part, questions, own)
        SELECT topic_id, {_part("question_id", postgresql=postgresql)}, COUNT(*), SUM(CASE WHEN own THEN 1 ELSE 0 END)
        FROM topic_question GROUP BY 1, 2
        """  # noqa: S608 - words of this page
    )
    for name, (after, when, body) in _bodies(postgresql=postgresql).items():
        statements = ";\n".join(body)
        if postgresql:
            does = f"BEGIN {statements}; RETURN NULL; END"
            op.execute(f"CREATE FUNCTION {name} () RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$")
            op.execute(f"CREATE TRIGGER {name} AFTER {after} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name} ()")
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {after} WHEN {when} BEGIN {statements}; END")
    op.create_index("ix_contribution_role_interview_id", "contribution", ["role", "interview_id"])


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.drop_index("ix_contribution_role_interview_id", "contribution")
    for name, (after, _when, _body) in _bodies(postgresql=postgresql).items():
        if postgresql:
            op.execute(f"DROP TRIGGER {name} ON {after.rpartition(' ')[2]}")
            op.execute(f"DROP FUNCTION {name} ()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("topic_count")
