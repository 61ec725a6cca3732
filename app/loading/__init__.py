"""Everything that writes content: transcripts, the vocabulary, topics, redactions, embargoes, statements. Works in the
caller's transaction; loading the same file again changes nothing.
"""

from app.loading.author import Author, Origin, Signature
from app.loading.correction import ItemOutcome, correction_of
from app.loading.documents import DocumentWriter, index_missing
from app.loading.editing import (
    state,
    state_by_ids,
    undo_statements,
)
from app.loading.embargoes import HeldInterview, hold, list_held, next_release, release, release_due
from app.loading.import_plan import ImportPlan, plan_import
from app.loading.interview_writer import LoadedInterview, Outcome
from app.loading.interviews import load_interview, plan_correction
from app.loading.kept_answers import drop_kept_bodies, find_kept_answer, keep_answer
from app.loading.keys import NewKey, make_key, note_use, revoke_key
from app.loading.metadata_files import documents_to_write, held_to_write
from app.loading.question_topics import decide_suggestions, state_topic
from app.loading.redaction import RedactionResult, redact
from app.loading.same_speakers import link_loaded, link_speakers
from app.loading.sessions import begin_session, end_session, end_sessions, renew_session
from app.loading.speaker_index import index_missing_speakers
from app.loading.stated_interview import StatedInterview, find_stated
from app.loading.statement_import import LoadedStatement, load_statements, statements_to_write
from app.loading.statements import Stated, distinct, find_distinct, list_statements, merge, part, undo
from app.loading.stored_files import stored_hosts
from app.loading.suggestions import Decision, SuggestionCounts, decide, store_suggestions
from app.loading.vocabulary import VocabularyReport, load_vocabulary
from app.loading.withdrawals import WithdrawnInterview, lift_withdrawal, withdraw

__all__ = [
    "Author",
    "Decision",
    "DocumentWriter",
    "HeldInterview",
    "ImportPlan",
    "ItemOutcome",
    "LoadedInterview",
    "LoadedStatement",
    "NewKey",
    "Origin",
    "Outcome",
    "RedactionResult",
    "Signature",
    "Stated",
    "StatedInterview",
    "SuggestionCounts",
    "VocabularyReport",
    "WithdrawnInterview",
    "begin_session",
    "correction_of",
    "decide",
    "decide_suggestions",
    "distinct",
    "documents_to_write",
    "drop_kept_bodies",
    "end_session",
    "end_sessions",
    "find_distinct",
    "find_kept_answer",
    "find_stated",
    "held_to_write",
    "hold",
    "index_missing",
    "index_missing_speakers",
    "keep_answer",
    "lift_withdrawal",
    "link_loaded",
    "link_speakers",
    "list_held",
    "list_statements",
    "load_interview",
    "load_statements",
    "load_vocabulary",
    "make_key",
    "merge",
    "next_release",
    "note_use",
    "part",
    "plan_correction",
    "plan_import",
    "redact",
    "release",
    "release_due",
    "renew_session",
    "revoke_key",
    "state",
    "state_by_ids",
    "state_topic",
    "statements_to_write",
    "store_suggestions",
    "stored_hosts",
    "undo",
    "undo_statements",
    "withdraw",
]
