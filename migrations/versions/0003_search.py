"""Search documents of questions and of free-standing turns, with a full-text index that triggers keep in step.

The documents are made anew from the record by `quoth migrate`: their copies are cut up in another way than before.
"""

import sqlalchemy as sa
from alembic import op

EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The copies are already cut up, folded and stemmed: nothing is left to a tokenizer but to cut at spaces.
SQLITE = (
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
POSTGRESQL = (
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


def upgrade() -> None:
    op.drop_table("search_document")
    op.create_table(
        "search_document",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("question_id", EXACT, nullable=True),
        sa.Column("turn_id", EXACT, nullable=True),
        sa.Column("title", EXACT, nullable=False),
        sa.Column("question", EXACT, nullable=False),
        sa.Column("answers", EXACT, nullable=False),
        sa.CheckConstraint("(question_id IS NULL) <> (turn_id IS NULL)", name="ck_search_document_one_item"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_search_document_interview_id_interview"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_search_document_question_id_question"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_search_document_turn_id_turn"),
        sa.PrimaryKeyConstraint("number", name="pk_search_document"),
        sa.UniqueConstraint("question_id", name="uq_search_document_question_id"),
        sa.UniqueConstraint("turn_id", name="uq_search_document_turn_id"),
    )
    op.create_index("ix_search_document_interview_id", "search_document", ["interview_id"])
    op.create_table(
        "search_term",
        sa.Column("term", EXACT, nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name="pk_search_term"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_word",
        sa.Column("word", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_search_word"),
        sqlite_with_rowid=False,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER search_document_inserted ON search_document")
        op.execute("DROP TRIGGER search_document_updated ON search_document")
        for function in (
            "search_document_changed ()",
            "search_vector (text, text, text)",
            "search_terms (text)",
        ):
            op.execute(f"DROP FUNCTION {function}")
    op.drop_table("search_word")
    op.drop_table("search_term")
    op.drop_table("search_document")
    op.create_table(
        "search_document",
        sa.Column("question_id", EXACT, nullable=False),
        sa.Column("question", EXACT, nullable=False),
        sa.Column("answers", EXACT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_search_document_question_id_question"),
        sa.PrimaryKeyConstraint("question_id", name="pk_search_document"),
    )
