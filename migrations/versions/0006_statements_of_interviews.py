"""What is stated of each interview is kept in versions; the report of its file had it before."""

import datetime
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Text is compared and ordered by code point on both engines.
EXACT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
# Keys of a metadata file that were columns of the interview.
COLUMNS = (
    "slug",
    "title",
    "language",
    "published",
    "published_evidence",
    "publisher",
    "series",
    "source_url",
    "summary",
    "rights",
)
VERSIONS = sa.table(
    "interview_statements",
    sa.column("interview_id", EXACT),
    sa.column("version", sa.Integer()),
    sa.column("document", JSON),
    sa.column("in_file", JSON),
    sa.column("made_at", TIME),
)
HELD = sa.table("embargo", sa.column("interview_id", EXACT), sa.column("content", sa.LargeBinary()))
Row = Mapping[str, Any]


def upgrade() -> None:
    op.create_table(
        "interview_statements",
        sa.Column("interview_id", EXACT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("in_file", JSON, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", EXACT, nullable=True),
        sa.Column("reason", EXACT, nullable=True),
        sa.PrimaryKeyConstraint("interview_id", "version", name="pk_interview_statements"),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.id"],
            "fk_interview_statements_interview_id_interview",
            ondelete="CASCADE",
        ),
    )
    connection = op.get_bind()
    now = datetime.datetime.now(datetime.UTC)
    reports = connection.execute(
        sa.text(
            "SELECT t.report, i.* FROM interview i "
            "JOIN transcript t ON t.interview_id = i.id AND t.revision = i.revision"
        ).columns(report=JSON)
    ).mappings()
    for row in reports.all():
        if document := _document(dict(row), row["report"], _topics_of(connection, row["id"])):
            connection.execute(
                sa.insert(VERSIONS).values(
                    interview_id=row["id"], version=1, document=document, in_file=document, made_at=now
                )
            )
    for interview_id in connection.execute(sa.select(HELD.c.interview_id)).scalars().all():
        held = _read_held(connection, interview_id)
        rows = held["rows"]
        newest = max(rows["transcript"], key=lambda one: int(one["revision"]))
        document = _document(rows["interview"][0], newest["report"], _topics_in(rows))
        version = {
            "interview_id": interview_id,
            "version": 1,
            "document": document,
            "in_file": document,
            "made_at": now.isoformat(),
            "made_by": None,
            "reason": None,
        }
        rows["interview_statements"] = [version] if document else []
        _write_held(connection, interview_id, held)


def downgrade() -> None:
    connection = op.get_bind()
    for interview_id in connection.execute(sa.select(HELD.c.interview_id)).scalars().all():
        held = _read_held(connection, interview_id)
        del held["rows"]["interview_statements"]
        _write_held(connection, interview_id, held)
    op.drop_table("interview_statements")


def _document(interview: Row, report: Row, topics: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what was stated of an interview as a document, given the report of its file."""
    stated = report.get("stated", {})
    document = {key: interview[key] for key in stated.get("keys", ()) if key in COLUMNS and interview[key]}
    if "published" not in document:
        document.pop("published_evidence", None)
    if speakers := stated.get("speakers"):
        document["speakers"] = speakers
    if "questions" in stated.get("keys", ()) and topics:
        document["questions"] = [{"begins": text, "topics": slugs} for text, slugs in topics.items()]
    return document


def _topics_of(connection: sa.Connection, interview_id: str) -> dict[str, list[str]]:
    """Return the topics that an editor stated, by the text of the question."""
    asked = connection.execute(
        sa.text(
            "SELECT question_id, text FROM turn WHERE interview_id = :id AND question_id IS NOT NULL "
            "AND answer_id IS NULL ORDER BY position"
        ),
        {"id": interview_id},
    )
    texts: dict[str, list[str]] = defaultdict(list)
    for question_id, text in asked:
        texts[question_id].append(text)
    stated = connection.execute(
        sa.text(
            "SELECT qt.question_id, t.slug FROM question_topic qt JOIN topic t ON t.id = qt.topic_id "
            "JOIN question q ON q.id = qt.question_id WHERE q.interview_id = :id AND qt.origin = 'editor' "
            "AND qt.state = 'confirmed' ORDER BY q.position, t.slug"
        ),
        {"id": interview_id},
    )
    return _by_text(texts, [(question_id, slug) for question_id, slug in stated])


def _topics_in(rows: Mapping[str, Any]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    for turn in sorted(rows["turn"], key=lambda one: int(one["position"])):
        if turn["question_id"] is not None and turn["answer_id"] is None:
            texts[turn["question_id"]].append(turn["text"])
    slugs = {topic["id"]: topic["slug"] for topic in rows["topics_named"]}
    stated = [
        (row["question_id"], slugs[row["topic_id"]])
        for row in rows["question_topic"]
        if (row["origin"], row["state"]) == ("editor", "confirmed")
    ]
    return _by_text(texts, stated)


def _by_text(texts: Mapping[str, Sequence[str]], stated: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for question_id, slug in stated:
        found["\n\n".join(texts[question_id])].append(slug)
    return dict(found)


def _read_held(connection: sa.Connection, interview_id: str) -> dict[str, Any]:
    content = sa.select(HELD.c.content).where(HELD.c.interview_id == interview_id)
    read: dict[str, Any] = json.loads(zlib.decompress(connection.execute(content).scalar_one()))
    return read


def _write_held(connection: sa.Connection, interview_id: str, held: Mapping[str, Any]) -> None:
    written = zlib.compress(json.dumps(held, ensure_ascii=False).encode())
    connection.execute(sa.update(HELD).where(HELD.c.interview_id == interview_id).values(content=written))
