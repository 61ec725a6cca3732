"""The first schema: tables with their indexes, the full-text index, and triggers that keep derived tables in step."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ATTRIBUTIONS = ("stated", "inferred", "unknown")


def _column(
    name: str, type_: Any = EXACT, reference: str | None = None, *, null: bool = False, default: Any = None
) -> sa.Column[Any]:
    """Make a column that is not null unless it says so, and may refer to another one."""
    keys = [sa.ForeignKey(reference)] if reference else []
    return sa.Column(name, type_, *keys, nullable=null, server_default=default)


def _key(name: str, type_: Any = EXACT, reference: str | None = None, on_delete: str | None = None) -> sa.Column[Any]:
    """Make a column of the primary key, whose numbers the database does not give out."""
    keys = [sa.ForeignKey(reference, ondelete=on_delete)] if reference else []
    return sa.Column(name, type_, *keys, primary_key=True, autoincrement=False)


def _words(name: str, words: Sequence[str], *, null: bool = False) -> sa.Column[Any]:
    """Make a column of an enumeration: a short text with a check, not a type of the database."""
    type_ = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, type_, nullable=null)


def _table(name: str, *parts: Any, **options: Any) -> None:
    sa.Table(name, METADATA, *parts, **options)


# The record and its structure.
_table(
    "interview",
    _key("id"),
    _column("slug"),
    _column("title"),
    _column("language", null=True),
    _words("language_attribution", ATTRIBUTIONS),
    _column("published", null=True),
    _column("published_earliest", sa.Date()),
    _column("published_latest", sa.Date()),
    _column("undated", sa.Boolean(), default=sa.false()),
    _column("published_evidence", null=True),
    _column("publisher", null=True),
    _column("series", null=True),
    _column("source_url", null=True),
    _column("source_url_as_printed", null=True),
    _column("summary", null=True),
    _column("rights", null=True),
    _column("revision", sa.Integer()),
    _column("modified_at", TIME),
    _column("turns_numbered", sa.Integer()),
    _column("questions_numbered", sa.Integer()),
    _column("answers_numbered", sa.Integer()),
    _column("speakers_numbered", sa.Integer()),
    sa.UniqueConstraint("slug"),
    sa.CheckConstraint("published_earliest <= published_latest", name="published_range"),
    sa.CheckConstraint("revision >= 1", name="revision_positive"),
    # Each order of the list by itself, and after each filter.
    *(
        sa.Index(None, *filters, *order, unique=True)
        for filters in ((), ("publisher",), ("series",), ("language",))
        for order in (("published_earliest", "id"), ("undated", "published_earliest", "id"), ("title", "id"))
    ),
    sa.Index(None, "modified_at", "id"),
)
_table(
    "transcript",
    _key("id"),
    _column("interview_id", reference="interview.id"),
    _column("revision", sa.Integer()),
    _column("format"),
    _column("encoding"),
    _column("file_name"),
    _column("sha256"),
    _column("reading_sha256"),
    _column("content", sa.LargeBinary()),
    _column("report", JSON),
    _column("withheld", sa.Boolean(), default=sa.false()),
    sa.UniqueConstraint("interview_id", "revision"),
    sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
    sa.Index(None, "sha256"),
)
_table(
    "speaker",
    _key("id"),
    _column("slug"),
    _column("name", null=True),
    _column("aliases", JSON),
    _column("same_as", JSON),
    sa.UniqueConstraint("slug"),
    sa.Index(None, "name", "id"),
)
_table(
    "contribution",
    _key("interview_id", reference="interview.id"),
    _key("speaker_id", reference="speaker.id"),
    _column("position", sa.Integer()),
    _words("role", ("interviewer", "interviewee", "moderator", "audience", "interpreter", "unknown")),
    _words("role_attribution", ATTRIBUTIONS),
    _words("attribution", ATTRIBUTIONS),
    _column("affiliation", null=True),
    _column("labels", JSON),
    sa.UniqueConstraint("interview_id", "position"),
    sa.Index(None, "speaker_id", "role", "interview_id"),
    sa.Index(None, "role", "interview_id"),
)
_table(
    "question",
    _key("id"),
    _column("interview_id", reference="interview.id"),
    _column("position", sa.Integer()),
    _column("asked_by", reference="speaker.id", null=True),
    _column("revision", sa.Integer(), default="1"),
    _column("revised_in", sa.Integer(), default="1"),
    _column("suggested_from", null=True),
    sa.UniqueConstraint("interview_id", "position"),
    sa.Index(None, "position", "interview_id", unique=True),
    sa.Index(None, "asked_by"),
)
_table(
    "answer",
    _key("id"),
    _column("interview_id", reference="interview.id"),
    _column("question_id", reference="question.id"),
    _column("position", sa.Integer()),
    _column("speaker_id", reference="speaker.id", null=True),
    _column("revision", sa.Integer(), default="1"),
    _column("revised_in", sa.Integer(), default="1"),
    sa.UniqueConstraint("question_id", "position"),
    sa.Index(None, "interview_id"),
    sa.Index(None, "speaker_id", "question_id"),
)
_table(
    "turn",
    _key("id"),
    _column("interview_id", reference="interview.id"),
    _column("position", sa.Integer()),
    _words("kind", ("question", "answer", "statement", "note", "heading")),
    _column("speaker_id", reference="speaker.id", null=True),
    _column("speaker_label", null=True),
    _column("text"),
    _column("start_ms", sa.Integer(), null=True),
    _column("end_ms", sa.Integer(), null=True),
    _column("source_start", sa.Integer()),
    _column("source_end", sa.Integer()),
    _column("segments", JSON, null=True),
    _column("redactions", JSON, null=True),
    _column("question_id", reference="question.id", null=True),
    _column("answer_id", reference="answer.id", null=True),
    sa.UniqueConstraint("interview_id", "position"),
    sa.CheckConstraint("source_start <= source_end", name="source_range"),
    sa.CheckConstraint("start_ms >= 0", name="start_positive"),
    sa.CheckConstraint("answer_id IS NULL OR question_id IS NOT NULL", name="answer_has_question"),
    sa.Index(None, "question_id", "position"),
    sa.Index(None, "answer_id"),
    sa.Index(None, "speaker_id"),
)

# Topics, and what is derived of them.
_table(
    "topic",
    _key("id"),
    _column("slug"),
    _column("label"),
    _column("definition", null=True),
    _column("broader_id", reference="topic.id", null=True),
    _column("uri", null=True),
    _column("notation", null=True),
    _column("labels", JSON),
    _column("exact_match", JSON),
    sa.UniqueConstraint("slug"),
    sa.CheckConstraint("broader_id <> id", name="not_its_own_broader"),
    sa.Index(None, "broader_id"),
    sa.Index(None, "label", "id", unique=True),
)
_table(
    "question_topic",
    _key("question_id", reference="question.id"),
    _key("topic_id", reference="topic.id"),
    _words("origin", ("editor", "vocabulary_match", "suggestion")),
    _words("state", ("confirmed", "proposed", "rejected")),
    _words("method", ("phrase", "neighbours", "tag", "combined"), null=True),
    _column("vocabulary", null=True),
    _column("confidence", sa.Float(), null=True),
    _column("evidence", JSON),
    sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence_range"),
    sa.Index(None, "topic_id", "state", "question_id"),
)
_table(
    "topic_question",
    _key("question_id"),
    _key("topic_id"),
    _column("own", sa.Boolean()),
    _column("undated", sa.Boolean()),
    _column("published_earliest", sa.Date()),
    _column("interview_id"),
    sa.Index("ix_topic_question_newest", "topic_id", "published_earliest", "interview_id"),
    sa.Index("ix_topic_question_oldest", "topic_id", "undated", "published_earliest", "interview_id"),
    sqlite_with_rowid=False,
)
_table(
    "topic_count",
    _key("topic_id", reference="topic.id", on_delete="CASCADE"),
    _key("part", sa.Integer()),
    _column("questions", sa.Integer()),
    _column("own", sa.Integer()),
    sqlite_with_rowid=False,
)

# Search.
_table(
    "search_document",
    sa.Column("number", sa.Integer(), primary_key=True),
    _column("interview_id", reference="interview.id"),
    _column("question_id", reference="question.id", null=True),
    _column("turn_id", reference="turn.id", null=True),
    _column("title"),
    _column("question"),
    _column("answers"),
    sa.UniqueConstraint("question_id"),
    sa.UniqueConstraint("turn_id"),
    sa.CheckConstraint("(question_id IS NULL) <> (turn_id IS NULL)", name="one_item"),
    sa.Index(None, "interview_id"),
)
_table("search_term", _key("term"), _column("documents", sa.Integer()), sqlite_with_rowid=False)
_table("search_word", _key("word"), sqlite_with_rowid=False)

# History.
_table(
    "former_name",
    _key("noun"),
    _key("name"),
    _column("item_id"),
    sa.Index(None, "item_id"),
)
_table(
    "revision",
    _key("number", sa.Integer()),
    _column("made_at", TIME),
    _column("interview_id", null=True),
    _column("transcript_id", null=True),
    _column("reason", null=True),
    sa.Index(None, "interview_id"),
)
_table(
    "change",
    _key("revision", sa.Integer(), "revision.number"),
    _key("item_id"),
    _column("noun"),
    _words("action", ("created", "changed", "deleted")),
    _column("replaced_by", JSON, null=True),
    _column("superseded_by", sa.Integer(), null=True),
    sa.Index(None, "item_id"),
    sa.Index(
        None,
        "revision",
        "item_id",
        unique=True,
        sqlite_where=sa.text("superseded_by IS NULL"),
        postgresql_where=sa.text("superseded_by IS NULL"),
    ),
)
_table("past_interview", _key("interview_id"), _key("revision", sa.Integer()), _column("content", JSON))
_table(
    "past_item",
    _key("item_id"),
    _key("revision", sa.Integer()),
    _column("noun"),
    _column("interview_id"),
    _column("first_in", sa.Integer()),
    _column("last_in", sa.Integer()),
    sa.CheckConstraint("first_in <= last_in", name="first_before_last"),
)

# What was taken out, and what is held back; and the server that a mirror follows.
_table(
    "redaction",
    _key("interview_id"),
    _key("number", sa.Integer()),
    _column("revision", sa.Integer(), "revision.number"),
    _column("length", sa.Integer()),
    _column("is_whole", sa.Boolean()),
    _column("salt"),
    _column("pieces", JSON),
    sa.CheckConstraint("length >= 0", name="length_positive"),
)
_table(
    "withdrawal",
    _key("sha256"),
    _column("interview_id"),
    _column("revision", sa.Integer(), "revision.number"),
    sa.Index(None, "interview_id"),
)
_table(
    "embargo",
    _key("interview_id"),
    _column("until", TIME),
    _column("reason", null=True),
    _column("slug"),
    _column("sha256s", JSON),
    _column("reading_sha256"),
    _column("content", sa.LargeBinary()),
    sa.UniqueConstraint("slug"),
)
_table("mirror", _key("origin"), _column("cursor"))

# The terms in search_document are already folded and stemmed: the engines only cut them at spaces.
SQLITE_SEARCH = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5 (
        title, question, answers, content = 'search_document', content_rowid = 'number', tokenize = 'ascii'
    )
    """,
    """
    CREATE TRIGGER search_document_inserted AFTER INSERT ON search_document BEGIN
        INSERT INTO search_index (rowid, title, question, answers)
        VALUES (new.number, new.title, new.question, new.answers);
    END
    """,
    """
    CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document BEGIN
        INSERT INTO search_index (search_index, rowid, title, question, answers)
        VALUES ('delete', old.number, old.title, old.question, old.answers);
    END
    """,
    """
    CREATE TRIGGER search_document_updated AFTER UPDATE ON search_document BEGIN
        INSERT INTO search_index (search_index, rowid, title, question, answers)
        VALUES ('delete', old.number, old.title, old.question, old.answers);
        INSERT INTO search_index (rowid, title, question, answers)
        VALUES (new.number, new.title, new.question, new.answers);
    END
    """,
)
POSTGRESQL_SEARCH = (
    # Positions begin at 2, so that no phrase reaches from one column into the next. 16,383 is the last that there is.
    """
    CREATE FUNCTION search_terms (copy text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT coalesce(string_agg(term || ':' || least(place + 1, 16383), ' '), '')::tsvector
        FROM unnest(string_to_array(copy, ' ')) WITH ORDINALITY AS cut (term, place) WHERE term <> ''
    $$
    """,
    """
    CREATE FUNCTION search_vector (title text, question text, answers text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT setweight(search_terms(title), 'C') || setweight(search_terms(question), 'A')
            || setweight(search_terms(answers), 'B')
    $$
    """,
    """
    CREATE TABLE search_index (
        number integer CONSTRAINT pk_search_index PRIMARY KEY
            CONSTRAINT fk_search_index_number_search_document REFERENCES search_document (number) ON DELETE CASCADE,
        vector tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_search_index_vector ON search_index USING gin (vector)",
    """
    CREATE FUNCTION search_document_changed () RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO search_index (number, vector)
        SELECT number, search_vector(title, question, answers) FROM written
        ON CONFLICT (number) DO UPDATE SET vector = excluded.vector;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER search_document_inserted AFTER INSERT ON search_document
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_document_changed ()
    """,
    """
    CREATE TRIGGER search_document_updated AFTER UPDATE ON search_document
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_document_changed ()
    """,
)
POSTGRESQL_SEARCH_FUNCTIONS = (
    "search_document_changed ()",
    "search_vector (text, text, text)",
    "search_terms (text)",
)

# topic_question: one more topic on a question adds that topic, and those above it.
ADD_TOPIC = """
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
# All rows of some questions, from their confirmed topics and every topic above these.
ADD_QUESTIONS = """
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
REMOVE_QUESTIONS = "DELETE FROM topic_question WHERE question_id {which}"
TOPICS_OF_QUESTION = "WHERE id IN (SELECT topic_id FROM question_topic WHERE question_id = {question})"
QUESTIONS_BELOW_TOPIC = """IN (
        WITH RECURSIVE below (id) AS (
            SELECT NEW.id UNION SELECT topic.id FROM topic JOIN below ON topic.broader_id = below.id
        )
        SELECT question_id FROM question_topic WHERE topic_id IN (SELECT id FROM below)
    )"""
REDATE_QUESTIONS = """
    UPDATE topic_question SET undated = NEW.undated, published_earliest = NEW.published_earliest
    WHERE question_id IN (SELECT id FROM question WHERE interview_id = NEW.id)
"""
# topic_count: one more row of topic_question, or one less.
COUNT_QUESTION = """
    INSERT INTO topic_count (topic_id, part, questions, own)
    VALUES ({row}.topic_id, {part}, {sign}1, {sign}(CASE WHEN {row}.own THEN 1 ELSE 0 END))
    ON CONFLICT (topic_id, part) DO UPDATE
    SET questions = topic_count.questions + excluded.questions, own = topic_count.own + excluded.own
"""
# Rows of topic_count for each topic on PostgreSQL; their sum counts, and a question always goes to the same one.
# PostgreSQL keeps every version of a row until the transaction ends and searches them for the newest: an import that
# raises one number ten thousand times would take seconds. SQLite changes a row in place.
PARTS = 64


def _topic_triggers(*, postgresql: bool) -> dict[str, tuple[str, str, str, list[str]]]:
    """Return, by the name of a trigger, its table, event, condition and statements."""
    any_of = "bool_or" if postgresql else "MAX"
    part = f"hashtext({{row}}.question_id) & {PARTS - 1}" if postgresql else "0"

    def rebuild(which: str, among_topics: str) -> list[str]:
        added = ADD_QUESTIONS.format(which=f"assigned.question_id {which}", among_topics=among_topics, any_of=any_of)
        return [REMOVE_QUESTIONS.format(which=which), added]

    old, new = (
        rebuild(f"= {row}.question_id", TOPICS_OF_QUESTION.format(question=f"{row}.question_id"))
        for row in ("OLD", "NEW")
    )
    subtract, add = (
        COUNT_QUESTION.format(row=row, sign=sign, part=part.format(row=row))
        for row, sign in (("OLD", "-"), ("NEW", "+"))
    )
    return {
        "question_topic_inserted": ("question_topic", "INSERT", "NEW.state = 'confirmed'", [ADD_TOPIC]),
        "question_topic_deleted": ("question_topic", "DELETE", "OLD.state = 'confirmed'", old),
        "question_topic_updated": (
            "question_topic",
            "UPDATE OF question_id, topic_id, state",
            "OLD.state = 'confirmed' OR NEW.state = 'confirmed'",
            [*old, *new],
        ),
        "topic_moved": (
            "topic",
            "UPDATE OF broader_id",
            "OLD.broader_id IS DISTINCT FROM NEW.broader_id" if postgresql else "OLD.broader_id IS NOT NEW.broader_id",
            rebuild(QUESTIONS_BELOW_TOPIC, ""),
        ),
        "interview_redated": (
            "interview",
            "UPDATE OF undated, published_earliest",
            "OLD.undated <> NEW.undated OR OLD.published_earliest <> NEW.published_earliest",
            [REDATE_QUESTIONS],
        ),
        "topic_question_inserted": ("topic_question", "INSERT", "1 = 1", [add]),
        "topic_question_deleted": ("topic_question", "DELETE", "1 = 1", [subtract]),
        "topic_question_updated": (
            "topic_question",
            "UPDATE OF question_id, topic_id, own",
            "OLD.question_id <> NEW.question_id OR OLD.topic_id <> NEW.topic_id OR OLD.own <> NEW.own",
            [subtract, add],
        ),
    }


def upgrade() -> None:
    connection = op.get_bind()
    postgresql = connection.dialect.name == "postgresql"
    METADATA.create_all(connection)
    for statement in POSTGRESQL_SEARCH if postgresql else SQLITE_SEARCH:
        op.execute(statement)
    for name, (table, event, condition, statements) in _topic_triggers(postgresql=postgresql).items():
        body = ";\n".join(statements)
        fires = f"CREATE TRIGGER {name} AFTER {event} ON {table}"
        if postgresql:
            function = f"BEGIN {body}; RETURN NULL; END"
            op.execute(f"CREATE FUNCTION {name} () RETURNS trigger LANGUAGE plpgsql AS $$ {function} $$")
            op.execute(f"{fires} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name} ()")
        else:
            op.execute(f"{fires} WHEN {condition} BEGIN {body}; END")


def downgrade() -> None:
    connection = op.get_bind()
    op.execute("DROP TABLE search_index")
    # Triggers go with their tables; PostgreSQL's functions do not.
    METADATA.drop_all(connection)
    if connection.dialect.name == "postgresql":
        names = (f"{name} ()" for name in _topic_triggers(postgresql=True))
        for function in (*POSTGRESQL_SEARCH_FUNCTIONS, *names):
            op.execute(f"DROP FUNCTION {function}")
