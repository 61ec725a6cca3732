"""Interviews, their whole record in order, and their source files."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.errors import GoneError, NotFoundError, UnknownRevisionError
from app.models import Answer, Interview, Question, QuestionTopic, Topic, TopicState, Transcript, Turn, table_of
from app.queries.embedding import INTERVIEW_COLUMNS, Item, people_of, turn_of
from app.queries.filters import Filters, conditions
from app.queries.names import absent
from app.queries.paging import Listing
from app.queries.plans import narrow
from app.queries.questions import BY_INTERVIEW
from app.queries.sorting import Key, keys_for
from app.transcripts import text_format_of

SORTABLE = BY_INTERVIEW
# Columns that an interview shows and other items do not.
MORE_COLUMNS: tuple[Any, ...] = tuple(
    col(column)
    for column in (
        Interview.published_evidence,
        Interview.source_url_as_printed,
        Interview.summary,
        Interview.rights,
        Interview.revision,
        Interview.modified_at,
    )
)
_FILE = (col(Transcript.file_name), col(Transcript.content), col(Transcript.sha256), col(Transcript.withheld))


def _count_of(table: type[Question] | type[Answer]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count()).where(col(table.interview_id) == col(Interview.id)).correlate(Interview)
    ).scalar_subquery()


def _select() -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        *INTERVIEW_COLUMNS,
        col(Interview.published_earliest),
        *MORE_COLUMNS,
        _count_of(Question).label("question_count"),
        _count_of(Answer).label("answer_count"),
    )
    return sa.select(*columns)


def has_interviews(connection: sa.Connection) -> bool:
    """Tell whether the corpus has anything to show; interviews that are held back are not seen."""
    return connection.execute(sa.select(col(Interview.id)).limit(1)).first() is not None


def listing(connection: sa.Connection, filters: Filters, sort: str) -> Listing:
    """Narrow and sort the list of interviews; conditions on questions ask for one question that meets them all.

    Raises:
        ParameterError: a filter names something unknown, or the sort is not one.
    """
    keys = keys_for(sort, SORTABLE, (Key(col(Interview.id)),))
    met = conditions(connection, filters, "interviews")
    select, keys = narrow(connection, met, _select(), keys)
    return Listing(select, keys, _embed, met, "interview")


def _embed(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Item]:
    people = people_of(connection, [row.id for row in rows])
    return [{**_columns(row), "people": list(people[row.id].values())} for row in rows]


def slugs_by_id(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Return the slugs of interviews by their ids."""
    rows = connection.execute(sa.select(col(Interview.id), col(Interview.slug)).where(col(Interview.id).in_(ids)))
    return {row.id: row.slug for row in rows}


def find_interview(connection: sa.Connection, name: str) -> Item:
    """Find one interview by slug or id, with its people, topics and current transcript file.

    Raises:
        NotFoundError: there is none of this name.
        MovedError: it has another name now.
        GoneError: it was taken out.
    """
    row = _find(connection, name)
    topics = connection.execute(
        sa.select(col(Topic.slug), col(Topic.label), sa.func.count().label("question_count"))
        .select_from(QuestionTopic)
        .join(Topic, col(Topic.id) == col(QuestionTopic.topic_id))
        .join(Question, col(Question.id) == col(QuestionTopic.question_id))
        .where(col(Question.interview_id) == row.id, col(QuestionTopic.state) == TopicState.CONFIRMED)
        .group_by(col(Topic.slug), col(Topic.label), col(Topic.id))
        .order_by(sa.desc("question_count"), col(Topic.label), col(Topic.id))
    )
    return {
        **_embed(connection, [row])[0],
        "previous": _beside(connection, row, later=False),
        "next": _beside(connection, row, later=True),
        "topics": [dict(topic._mapping) for topic in topics],
        "transcript": _transcript(connection, row),
    }


def has_item(connection: sa.Connection, name: str, item_id: str) -> bool:
    """Tell whether a turn, a question or an answer is one of an interview, given by slug or id."""
    owner = sa.select(col(Interview.id)).where(sa.or_(col(Interview.slug) == name, col(Interview.id) == name))
    items = (
        sa.select(col(table.id)).where(col(table.id) == item_id, col(table.interview_id).in_(owner))
        for table in (Turn, Question, Answer)
    )
    return connection.execute(sa.union_all(*items)).first() is not None


def find_record(connection: sa.Connection, name: str) -> Item:
    """Find the whole record of an interview: every turn in order, notes and headings included.

    Raises:
        NotFoundError, MovedError, GoneError: as in find_interview().
    """
    row = _find(connection, name)
    people = people_of(connection, [row.id])[row.id]
    turns = connection.execute(
        sa.select(table_of(Turn)).where(col(Turn.interview_id) == row.id).order_by(col(Turn.position))
    )
    transcript = _transcript(connection, row)
    return {
        "interview": {column.key: row._mapping[column.key] for column in INTERVIEW_COLUMNS},
        "revision": row.revision,
        "text_format": text_format_of(transcript["format"]),
        "transcript": transcript,
        "people": list(people.values()),
        "turns": [turn_of(turn._mapping, people) for turn in turns],
    }


def find_source(connection: sa.Connection, name: str, revision: int | None = None) -> tuple[str, bytes, str]:
    """Return the source file of an interview, or that of one of its revisions: its name, its bytes and their SHA-256.

    Raises:
        NotFoundError, MovedError, GoneError: as in find_interview().
        UnknownRevisionError: it never had this revision.
        GoneError: also where the file is withheld.
    """
    row = _find(connection, name)
    of_interview = col(Transcript.interview_id) == row.id
    found = connection.execute(
        sa.select(*_FILE).where(
            of_interview, col(Transcript.revision) == (row.revision if revision is None else revision)
        )
    ).first()
    if found is None:
        known = connection.execute(sa.select(col(Transcript.revision)).where(of_interview)).scalars()
        raise UnknownRevisionError("interview", name, int(revision or 0), sorted(known))
    return _file(found, name)


def find_file(connection: sa.Connection, sha256: str) -> tuple[str, bytes, str]:
    """Return the source file, of any revision, that has this SHA-256: as find_source().

    Raises:
        NotFoundError: there is none.
        GoneError: it is withheld.
    """
    same = sa.select(*_FILE).where(col(Transcript.sha256) == sha256).order_by(col(Transcript.id)).limit(1)
    found = connection.execute(same).first()
    if found is None:
        raise NotFoundError("source file", sha256)
    return _file(found, sha256)


def _file(row: Any, name: str) -> tuple[str, bytes, str]:
    if row.withheld:
        raise GoneError("source file of", name, reason="words in it were redacted")
    return row.file_name, bytes(row.content), row.sha256


def list_sources(connection: sa.Connection) -> Iterator[tuple[str, str, bytes]]:
    """Yield slug, file name and bytes of every interview's current source file, unless withheld, a few at a time."""
    sources = (
        sa.select(col(Interview.slug), col(Transcript.file_name), col(Transcript.content))
        .join(
            Transcript,
            sa.and_(
                col(Transcript.interview_id) == col(Interview.id), col(Transcript.revision) == col(Interview.revision)
            ),
        )
        .where(~col(Transcript.withheld))
        .order_by(col(Interview.slug))
    )
    # A reader that stops early leaves no cursor open.
    with connection.execute(sources, execution_options={"yield_per": 20}) as rows:
        for row in rows:
            yield row.slug, row.file_name, bytes(row.content)


def _find(connection: sa.Connection, name: str) -> sa.Row[Any]:
    row = connection.execute(_select().where(sa.or_(col(Interview.slug) == name, col(Interview.id) == name))).first()
    if row is None:
        raise absent(connection, Interview, name)
    return row


def _beside(connection: sa.Connection, row: sa.Row[Any], *, later: bool) -> Item | None:
    """Find the interview published before or after one: in its series, or among those without a series."""
    if row.published is None:
        return None
    order = (col(Interview.published_earliest), col(Interview.id))
    here = sa.tuple_(sa.literal(row.published_earliest), sa.literal(row.id))
    in_series = col(Interview.series).is_(None) if row.series is None else col(Interview.series) == row.series
    found = connection.execute(
        sa.select(*INTERVIEW_COLUMNS)
        .where(in_series, ~col(Interview.undated), sa.tuple_(*order) > here if later else sa.tuple_(*order) < here)
        .order_by(*(column.asc() if later else column.desc() for column in order))
        .limit(1)
    ).first()
    return None if found is None else dict(found._mapping)


def _columns(row: sa.Row[Any]) -> Item:
    hidden = {"published_earliest"}
    return {name: value for name, value in row._mapping.items() if name not in hidden and not name.startswith("key_")}


def _transcript(connection: sa.Connection, interview: sa.Row[Any]) -> Item:
    columns: Sequence[Any] = (
        Transcript.format,
        Transcript.encoding,
        Transcript.file_name,
        Transcript.sha256,
        Transcript.report,
        Transcript.withheld,
    )
    row = connection.execute(
        sa.select(*map(col, columns)).where(
            col(Transcript.interview_id) == interview.id, col(Transcript.revision) == interview.revision
        )
    ).one()
    return transcript_of(row._mapping)


def transcript_of(row: Mapping[Any, Any]) -> Item:
    """Build what is shown of a source file from its row."""
    report = row["report"]
    return {
        **{name: row[name] for name in ("format", "encoding", "file_name", "sha256", "withheld")},
        "bytes": sum(report["bytes"].values()),
        "bytes_by_class": report["bytes"],
        "remarks": report["remarks"],
    }
