"""The only writer: transcripts and the vocabulary into the database, in the caller's one transaction, idempotent,
aligned with what is there.
"""

from app.loading.documents import Documents, index_missing
from app.loading.embargoes import Held, hold, list_held, next_release, release, release_due
from app.loading.import_plan import Plan, plan_import
from app.loading.interviews import Loaded, Outcome, load_interview
from app.loading.item_changes import Fate
from app.loading.redaction import Redacted, redact
from app.loading.suggestions import Decision, Suggested, decide, store_suggestions
from app.loading.vocabulary import VocabularyLoaded, load_vocabulary
from app.loading.withdrawals import Withdrawn, lift_withdrawal, withdraw

__all__ = [
    "Decision",
    "Documents",
    "Fate",
    "Held",
    "Loaded",
    "Outcome",
    "Plan",
    "Redacted",
    "Suggested",
    "VocabularyLoaded",
    "Withdrawn",
    "decide",
    "hold",
    "index_missing",
    "lift_withdrawal",
    "list_held",
    "load_interview",
    "load_vocabulary",
    "next_release",
    "plan_import",
    "redact",
    "release",
    "release_due",
    "store_suggestions",
    "withdraw",
]
