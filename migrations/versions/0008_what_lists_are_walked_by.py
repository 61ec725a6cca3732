"""What lists are walked by: each question under every topic that finds it, and interviews in each order of a filter."""

import sqlalchemy as sa
from alembic import op

# As in the models: text ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A filter of interviews, and what then settles each order by an index alone.
_FILTERS = ("publisher", "series", "language")
_ORDERS = (("published_earliest", "id"), ("undated", "published_earliest", "id"), ("title", "id"))

# Indexes that hold all that is asked of them, in place of narrower ones.
_WIDER = (
    ("answer", ("speaker_id",), ("speaker_id", "question_id")),
    ("contribution", ("speaker_id", "role"), ("speaker_id", "role", "interview_id")),
)

# The rows of some questions, from their confirmed topics and every topic above these.
_ROWS = """
    INSERT INTO topic_question (topic_id, question_id, own, undated, published_earliest, interview_id)
    SELECT above.id, question.id, {any_of}(above.id = assigned.topic_id), interview.undated,
        interview.published_earliest, interview.id
    FROM question_topic AS assigned
    JOIN question ON question.id = assigned.question_id
    JOIN interview ON interview.id = question.interview_id
    JOIN (
        WITH RECURSIVE up (topic_id, id) AS (
            SELECT id, id FROM topic {among_topics}
            UNION
            SELECT up.topic_id, topic.broader_id FROM up JOIN topic ON topic.id = up.id
            WHERE topic.broader_id IS NOT NULL
        )
        SELECT topic_id, id FROM up
    ) AS above ON above.topic_id = assigned.topic_id
    WHERE assigned.state = 'confirmed' AND {which}
    GROUP BY above.id, question.id, interview.undated, interview.published_earliest, interview.id
"""


def _rows(which: str, among_topics: str = "", *, postgresql: bool) -> str:
    return _ROWS.format(which=which, among_topics=among_topics, any_of="bool_or" if postgresql else "MAX")


def _of_question(name: str, *, postgresql: bool) -> list[str]:
    """Work out anew what finds one question."""
    assigned = f"WHERE id IN (SELECT topic_id FROM question_topic WHERE question_id = {name})"  # noqa: S608 - as below
    return [
        f"DELETE FROM topic_question WHERE question_id = {name}",  # noqa: S608 - words of this page
        _rows(f"assigned.question_id = {name}", assigned, postgresql=postgresql),
    ]


# One more topic on a question: that one, and those above it.
_ADDED = """
    INSERT INTO topic_question (topic_id, question_id, own, undated, published_earliest, interview_id)
    SELECT above.id, question.id, above.id = NEW.topic_id, interview.undated, interview.published_earliest, interview.id
    FROM (
        WITH RECURSIVE up (id) AS (
            SELECT NEW.topic_id
            UNION
            SELECT topic.broader_id FROM up JOIN topic ON topic.id = up.id WHERE topic.broader_id IS NOT NULL
        )
        SELECT id FROM up
    ) AS above
    JOIN question ON question.id = NEW.question_id
    JOIN interview ON interview.id = question.interview_id
    WHERE 1 = 1
    ON CONFLICT (question_id, topic_id) DO UPDATE SET own = TRUE WHERE excluded.own
"""


def _bodies(*, postgresql: bool) -> dict[str, tuple[str, str, list[str]]]:
    """Return what each trigger is after, when it fires, and what it does."""
    old, new = (
        _of_question("OLD.question_id", postgresql=postgresql),
        _of_question("NEW.question_id", postgresql=postgresql),
    )
    below = """(
        WITH RECURSIVE below (id) AS (
            SELECT NEW.id UNION SELECT topic.id FROM topic JOIN below ON topic.broader_id = below.id
        )
        SELECT question_id FROM question_topic WHERE topic_id IN (SELECT id FROM below)
    )"""
    return {
        "question_topic_inserted": ("INSERT ON question_topic", "NEW.state = 'confirmed'", [_ADDED]),
        "question_topic_deleted": ("DELETE ON question_topic", "OLD.state = 'confirmed'", old),
        "question_topic_updated": (
            "UPDATE OF question_id, topic_id, state ON question_topic",
            "OLD.state = 'confirmed' OR NEW.state = 'confirmed'",
            [*old, *new],
        ),
        "topic_moved": (
            "UPDATE OF broader_id ON topic",
            "OLD.broader_id IS DISTINCT FROM NEW.broader_id" if postgresql else "OLD.broader_id IS NOT NEW.broader_id",
            [
                f"DELETE FROM topic_question WHERE question_id IN {below}",  # noqa: S608 - words of this page
                _rows(f"assigned.question_id IN {below}", postgresql=postgresql),
            ],
        ),
        "interview_redated": (
            "UPDATE OF undated, published_earliest ON interview",
            "OLD.undated <> NEW.undated OR OLD.published_earliest <> NEW.published_earliest",
            [
                """UPDATE topic_question SET undated = NEW.undated, published_earliest = NEW.published_earliest
                WHERE question_id IN (SELECT id FROM question WHERE interview_id = NEW.id)"""
            ],
        ),
    }


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "topic_question",
        sa.Column("question_id", EXACT, nullable=False),
        sa.Column("topic_id", EXACT, nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("undated", sa.Boolean(), nullable=False),
        sa.Column("published_earliest", sa.Date(), nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("question_id", "topic_id", name="pk_topic_question"),
        sqlite_with_rowid=False,
    )
    # Its rows first: an index is made faster than it is kept.
    op.execute(_rows("1 = 1", postgresql=postgresql))
    newest = ["topic_id", "published_earliest", "interview_id"]
    op.create_index("ix_topic_question_newest", "topic_question", newest)
    op.create_index("ix_topic_question_oldest", "topic_question", ["topic_id", "undated", *newest[1:]])
    for name, (after, when, body) in _bodies(postgresql=postgresql).items():
        statements = ";\n".join(body)
        if postgresql:
            does = f"BEGIN {statements}; RETURN NULL; END"
            op.execute(f"CREATE FUNCTION {name} () RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$")
            op.execute(f"CREATE TRIGGER {name} AFTER {after} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name} ()")
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {after} WHEN {when} BEGIN {statements}; END")
    for filter_ in _FILTERS:
        for order in _ORDERS:
            op.create_index(f"ix_interview_{'_'.join((filter_, *order))}", "interview", [filter_, *order], unique=True)
        op.drop_index(f"ix_interview_{filter_}", "interview")
    for table, narrow, wide in _WIDER:
        op.create_index(f"ix_{table}_{'_'.join(wide)}", table, list(wide))
        op.drop_index(f"ix_{table}_{'_'.join(narrow)}", table)


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, narrow, wide in _WIDER:
        op.create_index(f"ix_{table}_{'_'.join(narrow)}", table, list(narrow))
        op.drop_index(f"ix_{table}_{'_'.join(wide)}", table)
    for filter_ in _FILTERS:
        op.create_index(f"ix_interview_{filter_}", "interview", [filter_])
        for order in _ORDERS:
            op.drop_index(f"ix_interview_{'_'.join((filter_, *order))}", "interview")
    for name, (after, _when, _body) in _bodies(postgresql=postgresql).items():
        if postgresql:
            op.execute(f"DROP TRIGGER {name} ON {after.rpartition(' ')[2]}")
            op.execute(f"DROP FUNCTION {name} ()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("topic_question")
