"""The record and its structure."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in the models: text ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interview",
        sa.Column("slug", EXACT, nullable=False),
        sa.Column("title", EXACT, nullable=False),
        sa.Column("language", EXACT, nullable=True),
        sa.Column(
            "language_attribution",
            sa.Enum(
                "stated",
                "inferred",
                "unknown",
                name="language_attribution",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("published", EXACT, nullable=True),
        sa.Column("publisher", EXACT, nullable=True),
        sa.Column("series", EXACT, nullable=True),
        sa.Column("source_url", EXACT, nullable=True),
        sa.Column("id", EXACT, nullable=False),
        sa.Column("published_earliest", sa.Date(), nullable=False),
        sa.Column("published_latest", sa.Date(), nullable=False),
        sa.Column("published_evidence", EXACT, nullable=True),
        sa.Column("source_url_as_printed", EXACT, nullable=True),
        sa.Column("summary", EXACT, nullable=True),
        sa.Column("rights", EXACT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turns_numbered", sa.Integer(), nullable=False),
        sa.Column("questions_numbered", sa.Integer(), nullable=False),
        sa.Column("answers_numbered", sa.Integer(), nullable=False),
        sa.Column("speakers_numbered", sa.Integer(), nullable=False),
        sa.CheckConstraint("published_earliest <= published_latest", name="ck_interview_published_range"),
        sa.CheckConstraint("revision >= 1", name="ck_interview_revision_positive"),
        sa.PrimaryKeyConstraint("id", name="pk_interview"),
        sa.UniqueConstraint("slug", name="uq_interview_slug"),
    )
    op.create_index("ix_interview_language", "interview", ["language"])
    op.create_index("ix_interview_published_earliest_id", "interview", ["published_earliest", "id"], unique=True)
    op.create_index("ix_interview_publisher", "interview", ["publisher"])
    op.create_index("ix_interview_series", "interview", ["series"])
    op.create_index("ix_interview_title_id", "interview", ["title", "id"], unique=True)

    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interview_id", EXACT, nullable=True),
        sa.Column("transcript_id", EXACT, nullable=True),
        sa.Column("reason", EXACT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_revision"),
    )
    op.create_table(
        "speaker",
        sa.Column("slug", EXACT, nullable=False),
        sa.Column("name", EXACT, nullable=True),
        sa.Column("id", EXACT, nullable=False),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column("same_as", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_speaker"),
        sa.UniqueConstraint("slug", name="uq_speaker_slug"),
    )
    op.create_index("ix_speaker_name_id", "speaker", ["name", "id"])

    op.create_table(
        "topic",
        sa.Column("slug", EXACT, nullable=False),
        sa.Column("label", EXACT, nullable=False),
        sa.Column("id", EXACT, nullable=False),
        sa.Column("definition", EXACT, nullable=True),
        sa.Column("broader_id", EXACT, nullable=True),
        sa.Column("alternative_labels", JSON, nullable=False),
        sa.Column("exact_match", JSON, nullable=False),
        sa.CheckConstraint("broader_id <> id", name="ck_topic_not_its_own_broader"),
        sa.ForeignKeyConstraint(["broader_id"], ["topic.id"], name="fk_topic_broader_id_topic"),
        sa.PrimaryKeyConstraint("id", name="pk_topic"),
        sa.UniqueConstraint("slug", name="uq_topic_slug"),
    )
    op.create_index("ix_topic_broader_id", "topic", ["broader_id"])
    op.create_index("ix_topic_label_id", "topic", ["label", "id"], unique=True)

    op.create_table(
        "change",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", EXACT, nullable=False),
        sa.Column("noun", EXACT, nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "created", "changed", "deleted", name="action", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name="fk_change_revision_revision"),
        sa.PrimaryKeyConstraint("revision", "item_id", name="pk_change"),
    )
    op.create_index("ix_change_item_id", "change", ["item_id"])

    op.create_table(
        "contribution",
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("speaker_id", EXACT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "interviewer",
                "interviewee",
                "moderator",
                "audience",
                "interpreter",
                "unknown",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "role_attribution",
            sa.Enum(
                "stated",
                "inferred",
                "unknown",
                name="role_attribution",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "attribution",
            sa.Enum(
                "stated",
                "inferred",
                "unknown",
                name="attribution",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("affiliation", EXACT, nullable=True),
        sa.Column("labels", JSON, nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_contribution_interview_id_interview"),
        sa.ForeignKeyConstraint(["speaker_id"], ["speaker.id"], name="fk_contribution_speaker_id_speaker"),
        sa.PrimaryKeyConstraint("interview_id", "speaker_id", name="pk_contribution"),
        sa.UniqueConstraint("interview_id", "position", name="uq_contribution_interview_id_position"),
    )
    op.create_index("ix_contribution_speaker_id_role", "contribution", ["speaker_id", "role"])

    op.create_table(
        "question",
        sa.Column("id", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_by", EXACT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["speaker.id"], name="fk_question_asked_by_speaker"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_question_interview_id_interview"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("interview_id", "position", name="uq_question_interview_id_position"),
    )
    op.create_index("ix_question_asked_by", "question", ["asked_by"])

    op.create_table(
        "transcript",
        sa.Column("id", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("format", EXACT, nullable=False),
        sa.Column("encoding", EXACT, nullable=False),
        sa.Column("file_name", EXACT, nullable=False),
        sa.Column("sha256", EXACT, nullable=False),
        sa.Column("reading_sha256", EXACT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="ck_transcript_sha256_length"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_transcript_interview_id_interview"),
        sa.PrimaryKeyConstraint("id", name="pk_transcript"),
        sa.UniqueConstraint("interview_id", "revision", name="uq_transcript_interview_id_revision"),
    )
    op.create_index("ix_transcript_sha256", "transcript", ["sha256"])

    op.create_table(
        "answer",
        sa.Column("id", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("question_id", EXACT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaker_id", EXACT, nullable=True),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_answer_interview_id_interview"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_answer_question_id_question"),
        sa.ForeignKeyConstraint(["speaker_id"], ["speaker.id"], name="fk_answer_speaker_id_speaker"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.UniqueConstraint("question_id", "position", name="uq_answer_question_id_position"),
    )
    op.create_index("ix_answer_interview_id", "answer", ["interview_id"])
    op.create_index("ix_answer_speaker_id", "answer", ["speaker_id"])

    op.create_table(
        "question_topic",
        sa.Column("question_id", EXACT, nullable=False),
        sa.Column("topic_id", EXACT, nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "editor",
                "vocabulary_match",
                "suggestion",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed", "proposed", "rejected", name="state", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("evidence", JSON, nullable=False),
        sa.CheckConstraint("confidence >= 0 AND confidence <= 1", name="ck_question_topic_confidence_range"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_question_topic_question_id_question"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name="fk_question_topic_topic_id_topic"),
        sa.PrimaryKeyConstraint("question_id", "topic_id", name="pk_question_topic"),
    )
    op.create_index(
        "ix_question_topic_topic_id_state_question_id", "question_topic", ["topic_id", "state", "question_id"]
    )

    op.create_table(
        "search_document",
        sa.Column("question_id", EXACT, nullable=False),
        sa.Column("question", EXACT, nullable=False),
        sa.Column("answers", EXACT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_search_document_question_id_question"),
        sa.PrimaryKeyConstraint("question_id", name="pk_search_document"),
    )
    op.create_table(
        "turn",
        sa.Column("id", EXACT, nullable=False),
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "answer",
                "statement",
                "note",
                "heading",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("speaker_id", EXACT, nullable=True),
        sa.Column("speaker_label", EXACT, nullable=True),
        sa.Column("text", EXACT, nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("source_start", sa.Integer(), nullable=False),
        sa.Column("source_end", sa.Integer(), nullable=False),
        sa.Column("segments", JSON, nullable=True),
        sa.Column("question_id", EXACT, nullable=True),
        sa.Column("answer_id", EXACT, nullable=True),
        sa.CheckConstraint("answer_id IS NULL OR question_id IS NOT NULL", name="ck_turn_answer_has_question"),
        sa.CheckConstraint("source_start <= source_end", name="ck_turn_source_range"),
        sa.CheckConstraint("start_ms >= 0", name="ck_turn_start_positive"),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name="fk_turn_answer_id_answer"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name="fk_turn_interview_id_interview"),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name="fk_turn_question_id_question"),
        sa.ForeignKeyConstraint(["speaker_id"], ["speaker.id"], name="fk_turn_speaker_id_speaker"),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.UniqueConstraint("interview_id", "position", name="uq_turn_interview_id_position"),
    )
    op.create_index("ix_turn_answer_id", "turn", ["answer_id"])
    op.create_index("ix_turn_question_id_position", "turn", ["question_id", "position"])
    op.create_index("ix_turn_speaker_id", "turn", ["speaker_id"])


def downgrade() -> None:

    op.drop_table("turn")
    op.drop_table("search_document")

    op.drop_table("question_topic")

    op.drop_table("answer")

    op.drop_table("transcript")

    op.drop_table("question")

    op.drop_table("contribution")

    op.drop_table("change")

    op.drop_table("topic")

    op.drop_table("speaker")
    op.drop_table("revision")

    op.drop_table("interview")
