"""The only writer: transcripts and the vocabulary into the database, in the caller's one transaction, idempotent,
aligned with what is there.
"""

from app.loading.documents import Documents, index_missing
from app.loading.identity import Fate
from app.loading.interviews import Loaded, Outcome, load_interview
from app.loading.planning import Plan, plan_import
from app.loading.preparing import Prepared, pair_again, prepare, without_spans
from app.loading.suggestions import Decision, Suggested, decide, store_suggestions
from app.loading.vocabulary import VocabularyLoaded, load_vocabulary

__all__ = [
    "Decision",
    "Documents",
    "Fate",
    "Loaded",
    "Outcome",
    "Plan",
    "Prepared",
    "Suggested",
    "VocabularyLoaded",
    "decide",
    "index_missing",
    "load_interview",
    "load_vocabulary",
    "pair_again",
    "plan_import",
    "prepare",
    "store_suggestions",
    "without_spans",
]
