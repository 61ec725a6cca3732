"""Redacts words for good: in an interview and all its stored revisions, in the search index and in the evidence for
topics. Its source files are withheld from then on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col

from app.loading.author import Author
from app.loading.documents import DocumentTurn, DocumentWriter
from app.loading.earlier_redactions import STATED_WORDS, merge_entries, redaction_entry
from app.loading.held_documents import held_with_item
from app.loading.held_work import worked_on
from app.loading.history import all_texts, new_revision, record_changes, store_past, transcript_id_of
from app.loading.identity import ANSWER, QUESTION
from app.loading.item_updates import ItemUpdate
from app.loading.kept_answers import drop_kept_bodies
from app.loading.redaction_selection import Selection
from app.loading.stated import list_versions, redacted_document, stands_in
from app.loading.stored_reading import Redacted, report_of
from app.loading.which_interview import forget_words
from app.loading.withheld_files import withhold_files
from app.models import (
    Answer,
    ChangeAction,
    Interview,
    InterviewStatements,
    PastInterview,
    Question,
    QuestionTopic,
    Redaction,
    Turn,
    table_of,
)
from app.quotes.redactions import Fingerprint, RedactedWords, Span, blank, carried, is_blank, merged, widened
from app.topics.evidence import still_valid

# Words of a phrase that is redacted wherever a past revision has it, at least. A shorter one may stand there by chance,
# and is redacted only in its place.
_MIN_DISTINCT_WORDS = 3


@dataclass(frozen=True)
class RedactedPassage:
    """A redacted part of a turn, in code points of its text, and the words that stood there."""

    turn_id: str
    start: int
    end: int
    words: str = field(repr=False)


@dataclass(frozen=True)
class RedactionResult:
    """What was redacted. `also_in` names the places that still have the same words: they were not asked for."""

    interview_id: str
    slug: str
    revision: int
    passages: list[RedactedPassage]
    past_wordings: int
    source_files: int
    also_in: list[str]


def redact(
    connection: sa.Connection,
    name: str,
    author: Author,
    *,
    words: str | None = None,
    span: Span | None = None,
    held: bool = False,
) -> RedactionResult:
    """Redact a turn, a question or an answer, given by id: all of it, each place with these words, or a span in code
    points of its text. In an interview, given by slug or id, redact each place with these words. `held` says whether
    interviews that are held back are found, and what is in them.

    Raises:
        NotFoundError, MovedError, GoneError: no item has this name now.
        ParameterError: the item does not have the words, or the span is not within its text.
    """
    kept = held_with_item(connection, name) if held else None
    if kept is None:
        made = _Redaction(connection, name, author).apply(words, span)
    else:
        with worked_on(connection, kept, author) as work:
            made = _Redaction(connection, name, author).apply(words, span)
        made = replace(made, revision=work.revision)
    forget_words(connection, made.interview_id)
    drop_kept_bodies(connection)
    return made


class _Redaction:
    """Applies one redaction to all tables."""

    def __init__(self, connection: sa.Connection, name: str, author: Author) -> None:
        self._connection, self._author = connection, author
        self._selection = Selection(connection, name)
        self._interview, self._before = self._selection.interview, self._selection.before
        self._id: str = self._interview.id
        self._texts = all_texts(connection, self._id)
        # What became of the texts of turns, now and in past revisions.
        self._reworded: dict[str, str] = {}

    def apply(self, words: str | None, span: Span | None) -> RedactionResult:
        """Find the spans, and redact them everywhere."""
        spans = self._selection.spans(words, span)
        phrases = self._selection.phrases(spans)
        texts = {row.id: row.text for row in self._before.turns}
        redacted = {turn_id: blank(text, spans.get(turn_id, ())) for turn_id, text in texts.items()}
        remaining = {phrase: [key for key, text in redacted.items() if phrase.found_in(text)] for phrase in phrases}
        removed_everywhere = {phrase for phrase, places in remaining.items() if not places}
        item_updates = self._item_updates(spans)
        store_past(self._connection, self._interview, self._before, item_updates)
        revision = self._interview.revision + 1
        transcript_id = transcript_id_of(self._id, revision)
        number = new_revision(self._connection, self._author, self._id, transcript_id)
        self._write_fingerprints(number, [phrase for phrase in phrases if phrase in removed_everywhere])
        self._write_turns(spans, redacted)
        self._write_interview(revision, phrases)
        self._write_items(item_updates, revision)
        self._write_topics(item_updates, texts, redacted)
        files = withhold_files(self._connection, self._interview, transcript_id, revision, phrases)
        past = self._write_past(spans, texts, phrases, removed_everywhere)
        self._reworded |= {texts[turn_id]: redacted[turn_id] for turn_id in spans}
        self._write_statements(phrases, texts, redacted)
        self._write_documents(redacted)
        changes = [(update.noun, update.id, ChangeAction.CHANGED, ()) for update in item_updates]
        record_changes(self._connection, number, [("interview", self._id, ChangeAction.CHANGED, ()), *changes])
        return RedactionResult(
            self._id,
            self._interview.slug,
            revision,
            [
                RedactedPassage(turn_id, *one, words=texts[turn_id][slice(*one)])
                for turn_id, some in spans.items()
                for one in some
            ],
            past,
            files,
            [
                *dict.fromkeys(place for places in remaining.values() for place in places),
                *self._selection.metadata_with(phrases),
            ],
        )

    def _item_updates(self, spans: Mapping[str, Any]) -> list[ItemUpdate]:
        """Return the changed items: those with a redacted turn, which are revised, and questions of such answers."""
        turns = [row for row in self._before.turns if row.id in spans]
        revised = {row.answer_id or row.question_id for row in turns} - {None}
        changed = revised | {row.question_id for row in turns} - {None}
        item_updates = []
        for item_id in sorted(changed):
            is_question = item_id in self._before.questions
            noun, of_noun = (QUESTION, self._before.questions) if is_question else (ANSWER, self._before.answers)
            is_revised = item_id in revised
            revision = of_noun[item_id].revision + is_revised
            item_updates.append(ItemUpdate(noun, item_id, ChangeAction.CHANGED, revision, revised=is_revised))
        return item_updates

    def _write_fingerprints(self, number: int, phrases: Sequence[RedactedWords]) -> None:
        """Store fingerprints that recognize the words in later files; of words left elsewhere, only a place."""
        stored = sa.select(sa.func.max(col(Redaction.number))).where(col(Redaction.interview_id) == self._id)
        last = self._connection.execute(stored).scalar() or 0
        rows = [
            {"interview_id": self._id, "number": place, "revision": number, **asdict(Fingerprint.of(phrase))}
            for place, phrase in enumerate(phrases or [RedactedWords((), is_whole=False)], start=last + 1)
        ]
        self._connection.execute(sa.insert(Redaction), rows)

    def _write_turns(self, spans: Mapping[str, Sequence[Span]], redacted: Mapping[str, str]) -> None:
        for row in self._before.turns:
            if row.id in spans:
                values = {"text": redacted[row.id], "redactions": self._add_redactions(row.redactions, spans[row.id])}
                self._update(Turn, row.id, values)

    def _add_redactions(self, redactions: Sequence[Any] | None, spans: Sequence[Span]) -> list[dict[str, Any]]:
        why, when = self._author.why, self._author.when
        return merge_entries([*(redactions or ()), *(redaction_entry(one, why, when) for one in spans)])

    def _write_interview(self, revision: int, phrases: Sequence[RedactedWords]) -> None:
        stated = {name: _redact_phrases(phrases, getattr(self._interview, name)) for name in STATED_WORDS}
        self._update(Interview, self._id, {**stated, "revision": revision, "modified_at": self._author.when})

    def _write_statements(
        self, phrases: Sequence[RedactedWords], texts: Mapping[str, str], redacted: Mapping[str, str]
    ) -> None:
        """Redact what quotes the words in every version of what is stated, and not what still stands in a turn. What is
        stated of turns that begin alike now is described anew.
        """
        versions, rows = table_of(InterviewStatements), list_versions(self._connection, self._id)
        if not rows:
            return
        turns = Redacted(self._before.turns, report_of(self._connection, self._interview), texts, redacted)
        left = [*redacted.values(), *(turn.text for turn in turns.as_read[1])]

        def blanked(text: str, key: str) -> str | None:
            if key in STATED_WORDS:
                return self._redact_past_metadata(key, text, phrases)
            if stands_in(left, text, key):
                return text
            for before, after in self._reworded.items():
                if stands_in([before], text, key):
                    at = before.find(text)
                    text = after[at : at + len(text)]
            return _redact_phrases(phrases, text)

        for row in rows:
            here = sa.and_(versions.c.interview_id == self._id, versions.c.version == row.version)
            values = {name: redacted_document(getattr(row, name), blanked) for name in ("document", "in_file")}
            values["document"] = turns.statements.describe(row.document, values["document"])
            self._connection.execute(sa.update(versions).where(here).values(**values))

    def _write_items(self, item_updates: Sequence[ItemUpdate], revision: int) -> None:
        for update in item_updates:
            table = Question if update.noun == QUESTION else Answer
            values: dict[str, Any] = {"revision": update.revision, "revised_in": revision} if update.revised else {}
            if table is Question:
                values["suggested_from"] = None
            if values:
                self._update(table, update.id, values)

    def _write_topics(
        self, item_updates: Sequence[ItemUpdate], before: Mapping[str, str], redacted: Mapping[str, str]
    ) -> None:
        """Drop evidence that quotes redacted words, and evidence made of the terms of a whole question."""
        questions = [update.id for update in item_updates if update.noun == QUESTION]
        topics = table_of(QuestionTopic)
        for row in self._connection.execute(sa.select(topics).where(topics.c.question_id.in_(questions))).all():
            evidence = _remaining_evidence(row.evidence, before, redacted)
            here = sa.and_(topics.c.question_id == row.question_id, topics.c.topic_id == row.topic_id)
            self._connection.execute(sa.update(topics).where(here).values(evidence=evidence))

    def _write_past(
        self,
        spans: Mapping[str, Sequence[Span]],
        texts: Mapping[str, str],
        phrases: Sequence[RedactedWords],
        removed_everywhere: set[RedactedWords],
    ) -> int:
        """Redact past revisions of the interview, and return the number of turns that changed."""
        past = table_of(PastInterview)
        of_interview = past.c.interview_id == self._id
        distinct = [
            phrase for phrase in phrases if len(phrase.keys) >= _MIN_DISTINCT_WORDS or phrase in removed_everywhere
        ]
        turns = 0
        for revision in self._connection.execute(sa.select(past.c.revision).where(of_interview)).scalars().all():
            here = sa.and_(of_interview, past.c.revision == revision)
            content = self._connection.execute(sa.select(past.c.content).where(here)).scalar_one()
            before = {turn["id"]: turn["text"] for turn in content["turns"]}
            for turn in content["turns"]:
                turns += self._redact_past_turn(turn, spans, texts, distinct)
            redacted = {turn["id"]: turn["text"] for turn in content["turns"]}
            self._reworded |= {text: redacted[turn_id] for turn_id, text in before.items() if redacted[turn_id] != text}
            changed = {turn_id for turn_id, text in before.items() if redacted[turn_id] != text}
            touched = {turn["question_id"] for turn in content["turns"] if turn["id"] in changed}
            for question in content["questions"]:
                if question["id"] in touched:
                    for topic in question["topics"]:
                        topic["evidence"] = _remaining_evidence(topic["evidence"], before, redacted)
            interview = content["interview"]
            for name in STATED_WORDS:
                interview[name] = self._redact_past_metadata(name, interview.get(name), phrases)
            interview["transcript"] |= {"remarks": [], "withheld": True}
            self._connection.execute(sa.update(past).where(here).values(content=content))
        return turns

    def _redact_past_metadata(self, name: str, text: str | None, phrases: Sequence[RedactedWords]) -> str | None:
        now = getattr(self._interview, name)
        spans = [span for phrase in phrases for span in phrase.found_in(now or "")]
        redacted = blank(text, carried(spans, now, text)) if text and spans else text
        return _redact_phrases(phrases, redacted)

    def _redact_past_turn(
        self,
        turn: dict[str, Any],
        spans: Mapping[str, Sequence[Span]],
        texts: Mapping[str, str],
        phrases: Sequence[RedactedWords],
    ) -> bool:
        text = turn["text"]
        here = [span for phrase in phrases for span in phrase.found_in(text)]
        if turn["id"] in spans:
            here += [widened(text, *span) for span in carried(spans[turn["id"]], texts[turn["id"]], text)]
        here = [span for span in merged(here) if not is_blank(text[slice(*span)])]
        if here:
            turn["text"] = blank(text, here)
            turn["redactions"] = self._add_redactions(turn.get("redactions"), here)
        return bool(here)

    def _write_documents(self, redacted: Mapping[str, str]) -> None:
        with DocumentWriter(self._connection) as documents:
            documents.remove(self._id, forget=self._texts)
            interview = sa.select(col(Interview.title), col(Interview.language)).where(col(Interview.id) == self._id)
            title, language = self._connection.execute(interview).one()
            turns = (
                DocumentTurn(row.id, row.kind, redacted[row.id], row.question_id, row.answer_id)
                for row in self._before.turns
            )
            documents.add(self._id, title, language, turns)

    def _update(self, table: type[SQLModel], item_id: str, values: Mapping[str, Any]) -> None:
        described = table_of(table)
        self._connection.execute(sa.update(described).where(described.c.id == item_id).values(**values))


def _redact_phrases(phrases: Sequence[RedactedWords], text: str | None) -> str | None:
    return text and blank(text, (span for phrase in phrases for span in phrase.found_in(text)))


def _remaining_evidence(evidence: Any, before: Mapping[str, str], redacted: Mapping[str, str]) -> list[dict[str, Any]]:
    return [one for one in still_valid(evidence, before, redacted) if one["terms"] is None]
